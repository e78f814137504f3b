// What every page of the firm needs. No build step: the browser loads these modules as they are.
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./network.js";
import "./keys.js";
import "./inbox-count.js";
import "./upload.js";
import "./mention.js";
