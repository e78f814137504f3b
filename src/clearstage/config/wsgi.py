import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearstage.config.settings")

application = get_wsgi_application()

# What the program itself is made of never dies: full collections then look only at what requests leave behind.
gc.collect()
gc.freeze()
