from django.db import migrations, models

TO_ARCHIVE = "UPDATE newsletters_issue SET archive = CASE WHEN is_public THEN 'public' ELSE 'members' END"
TO_PUBLIC = "UPDATE newsletters_issue SET is_public = (archive = 'public')"


class Migration(migrations.Migration):

    dependencies = [
        ('newsletters', '0006_consent_issue'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='archive',
            field=models.CharField(choices=[('public', 'In het openbare archief'), ('members', 'Alleen voor leden'), ('nowhere', 'In geen archief')], default='public', max_length=7, verbose_name='waar hij daarna te lezen is'),
        ),
        migrations.RunSQL(TO_ARCHIVE, TO_PUBLIC),
        migrations.RemoveField(
            model_name='issue',
            name='is_public',
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('archive__in', ['public', 'members', 'nowhere'])), name='issue_archive_known'),
        ),
    ]
