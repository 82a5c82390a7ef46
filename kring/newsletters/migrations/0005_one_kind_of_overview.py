"""The notes of months and of weeks in one table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TOGETHER = """
INSERT INTO newsletters_overview (kind, user_id, period, had_news, made_at)
SELECT 'digest', user_id, month, had_news, made_at FROM newsletters_digest
UNION ALL SELECT 'suggestions', user_id, week, had_news, made_at FROM newsletters_suggested;
"""
APART = """
INSERT INTO newsletters_digest (user_id, month, had_news, made_at)
SELECT user_id, period, had_news, made_at FROM newsletters_overview WHERE kind = 'digest';
INSERT INTO newsletters_suggested (user_id, week, had_news, made_at)
SELECT user_id, period, had_news, made_at FROM newsletters_overview WHERE kind = 'suggestions';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0004_left_on_request"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Overview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('digest', 'maandoverzicht'), ('suggestions', 'weektips')], max_length=12, verbose_name='soort')),
                ('period', models.DateField(verbose_name='periode')),
                ('had_news', models.BooleanField(verbose_name='er was iets te vertellen')),
                ('made_at', models.DateTimeField(verbose_name='gemaakt')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='wie')),
            ],
            options={
                'verbose_name': 'overzicht',
                'verbose_name_plural': 'overzichten',
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'kind', 'period'), name='overview_once_a_period'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'digest'), ('period__day', 1)), models.Q(('kind', 'suggestions'), ('period__iso_week_day', 1)), _connector='OR'), name='overview_period_by_its_first_day'),
                ],
            },
        ),
        migrations.RunSQL(TOGETHER, APART),
        migrations.DeleteModel(name="Digest"),
        migrations.DeleteModel(name="Suggested"),
    ]
