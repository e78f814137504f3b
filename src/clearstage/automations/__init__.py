"""The automation kinds, one file each. No kind imports another; a new file here is a new kind everywhere."""
