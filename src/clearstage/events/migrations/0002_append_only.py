from django.db import migrations

from clearstage.events.append_only import guard, unguard


class Migration(migrations.Migration):
    """A later migration that makes SQLite build one of these tables anew has to put the triggers back."""

    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: guard(schema_editor.connection),
            lambda apps, schema_editor: unguard(schema_editor.connection),
        ),
    ]
