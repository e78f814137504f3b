"""Comments on tasks go to where all comments are, and back again where the migration is taken back."""

from django.db import migrations


def to_messaging(apps, schema_editor):
    comments, kept = apps.get_model("work", "TaskComment"), apps.get_model("messaging", "Comment")
    rows = comments.objects.order_by("pk").values_list("task", "task__account", "member", "text", "at")
    kept.objects.bulk_create(
        (
            kept(kind="task", item=task, account_id=account, member_id=member, text=text, mentions=[], at=at)
            for task, account, member, text, at in rows.iterator()
        ),
        batch_size=1000,
    )


def back_to_work(apps, schema_editor):
    comments, kept = apps.get_model("work", "TaskComment"), apps.get_model("messaging", "Comment")
    rows = kept.objects.filter(kind="task").order_by("pk").values_list("item", "member", "text", "at")
    comments.objects.bulk_create(
        (
            comments(task_id=task, member_id=member, text=text, at=at)
            for task, member, text, at in rows.iterator()
        ),
        batch_size=1000,
    )
    kept.objects.filter(kind="task").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0005_comments"),
        ("work", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(to_messaging, back_to_work),
        migrations.DeleteModel(name="TaskComment"),
    ]
