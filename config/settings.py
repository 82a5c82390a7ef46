"""One settings file; everything that differs between places comes from the environment.

docs/deploying.md lists the variables. Without any of them the values are those of
production, and starting fails with a clear message where a secret is missing.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from kombu import Queue

from config.environment import database, flag, listed, optional_secret, required, secret

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where this runs -------------------------------------------------------------------------------------------------

DEBUG = flag("DEBUG")
# The demo: the cast signs in with one click and mail is shown on a page. Never on a real site.
DEMO = flag("DEMO")
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
# Links in mail and redirects are built from this, never from the Host header.
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS") or [SITE_HOST, "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- What it is made of ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "kring.foundation",
    "kring.accounts",
    "kring.mail",
    "members",
    "offerings",
    "commitments",
    "kring.meetings",
    "kring.newsletters",
    "kring.board",
    "kring.site",
    *(["kring.demo"] if DEMO or DEBUG else []),
    "kring.accounts.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kring.foundation.middleware.RequestLogMiddleware",
    "kring.foundation.middleware.ProbeMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kring.foundation.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kring.foundation.middleware.CleanInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kring.foundation.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "kring.accounts.middleware.TwoFactorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kring.foundation.context.circle",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- State: PostgreSQL, Valkey, files --------------------------------------------------------------------------------

# Web processes hold a pool; workers and commands one connection each. A request's statement that runs away is ended.
DATABASES = {"default": database(required("DATABASE_URL"))}
DATABASES["default"]["OPTIONS"]["options"] = (  # type: ignore[index]
    f"-c statement_timeout={os.environ.get('STATEMENT_TIMEOUT', '0')}"
    f" -c idle_in_transaction_session_timeout={os.environ.get('IDLE_IN_TRANSACTION_TIMEOUT', '0')}"
    f" -c lock_timeout={os.environ.get('LOCK_TIMEOUT', '0')}"
)
# While PostgreSQL is away a visitor hears so in a few seconds. The pool gives up as soon: it waits twice as long after
# each failed attempt, and would do so for minutes after the database was back.
CONNECT_SECONDS = 3
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)  # type: ignore[attr-defined]
if flag("DATABASE_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {  # type: ignore[index]
        "min_size": 1,
        "max_size": 4,
        "timeout": CONNECT_SECONDS,
        "reconnect_timeout": CONNECT_SECONDS,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600

REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "kring.foundation.cache.FailOpenRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }
}
# How many seconds a change may take to show on the pages that all visitors share.
VISITORS_SEE_AFTER = float(os.environ.get("VISITORS_SEE_AFTER", "1"))
# Sessions are kept in the database: signing in works while Valkey is away.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / ".local" / "media"))
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / ".local" / "static"))
PLAIN_STATIC = flag("PLAIN_STATIC", default=DEBUG or DEMO)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Tasks: the broker only wakes; what is to be done stands in the database -----------------------------------------

CELERY_BROKER_URL = required("CELERY_BROKER_URL")
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
# A worker takes from both; one that is started with `--queues codes` does nothing but deliver codes.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("codes")]
CELERY_TASK_ROUTES = {"kring.mail.tasks.deliver_codes": {"queue": "codes"}}
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A call that is lost with its worker or its broker is not put back: the clock calls again. Kombu stumbles over putting
# back to a broker that died, and takes the worker with it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False, "socket_timeout": 5, "socket_connect_timeout": 0.25}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_BEAT_SCHEDULE_FILENAME = os.environ.get("CELERY_BEAT_FILE", "celerybeat-schedule")

# --- Mail ------------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "kring.mail.backend.OutboxBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", f"kring@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_TRANSPORT = os.environ.get("MAIL_TRANSPORT", "smtp")  # or 'post': the demo's own post page
MAIL_AMBIGUOUS = os.environ.get("MAIL_AMBIGUOUS", "resend")  # or 'hold': a person decides
MAIL_JOURNAL = Path(os.environ.get("MAIL_JOURNAL", BASE_DIR / ".local" / "journal"))
# What the relay allows, of all workers together: lines at once, of which one is kept for codes, and messages a second
# (0: as fast as it takes them).
MAIL_CONNECTIONS = max(1, int(os.environ.get("MAIL_CONNECTIONS", "4")))
MAIL_PER_SECOND = float(os.environ.get("MAIL_PER_SECOND", "0"))
# Where mail that cannot be delivered comes back to, such as terug@kring.example: each message has an address of its
# own, terug+<token>@kring.example. Without it the sender gets them, and nobody knows which message it was.
MAIL_RETURN_ADDRESS = os.environ.get("MAIL_RETURN_ADDRESS", "")
# That box, to be read: imaps://name:password@host/INBOX. Not where the mail server pipes to `manage.py take_return`.
MAIL_RETURN_BOX = optional_secret("MAIL_RETURN_BOX")
# The provider that reports what came back by webhook, and how it shows who it is: name:password, and for some a key by
# which they sign.
MAIL_PROVIDER = os.environ.get("MAIL_PROVIDER", "").lower()
MAIL_PROVIDER_KEY = optional_secret("MAIL_PROVIDER_KEY")
ANYMAIL = {
    "WEBHOOK_SECRET": optional_secret("MAIL_PROVIDER_SECRET"),
    **({"MAILGUN_WEBHOOK_SIGNING_KEY": MAIL_PROVIDER_KEY} if MAIL_PROVIDER_KEY else {}),
    **({"MAILERSEND_SIGNING_SECRET": MAIL_PROVIDER_KEY} if MAIL_PROVIDER_KEY else {}),
}
# RFC 5321, 4.5.3.2.6: so long a server may look at a mail before it says whether it takes it.
MAIL_ANSWER_SECONDS = int(os.environ.get("MAIL_ANSWER_SECONDS", "600"))
MAIL_LEASE_SECONDS = int(os.environ.get("MAIL_LEASE_SECONDS", "1500"))

# --- Who signs in ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["kring.accounts.backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mijn/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kring.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; allauth takes from this that there are passwords
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# A code is worth nothing after ten minutes or three mistakes.
CODE_SECONDS = 600
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = CODE_SECONDS
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = CODE_SECONDS
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = CODE_SECONDS
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "kring.accounts.forms.PasswordForm",
    "request_login_code": "kring.accounts.forms.AskCodeForm",
    "confirm_login_code": "kring.accounts.forms.CodeForm",
    "reset_password": "kring.accounts.forms.AskResetForm",
    "confirm_password_reset_code": "kring.accounts.forms.ResetCodeForm",
    "reset_password_from_key": "kring.accounts.forms.ResetPasswordForm",
    "change_password": "kring.accounts.forms.ChangePasswordForm",
    "set_password": "kring.accounts.forms.SetPasswordForm",
    "add_email": "kring.accounts.forms.NewAddressForm",
    "confirm_email_verification_code": "kring.accounts.forms.NewAddressCodeForm",
    "reauthenticate": "kring.accounts.forms.PasswordAgainForm",
}
# Counted in the cache; while that is away nobody is refused. An hour's ceiling stops a patient one.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "request_login_code": "20/m/ip,100/h/ip,3/m/key,12/h/key",
    "reset_password": "20/m/ip,100/h/ip,3/m/key,12/h/key",
    "manage_email": "10/m/user,20/h/user",
}
MFA_ADAPTER = "kring.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
# Signing in again before a change that matters is asked by kring.accounts.fresh, also of who has no password.
MFA_REAUTHENTICATION_REQUIRED = False
MFA_FORMS = {
    "authenticate": "kring.accounts.forms.SecondFactorForm",
    "authenticate_webauthn": "kring.accounts.forms.PasskeyForm",
    "reauthenticate": "kring.accounts.forms.SecondFactorAgainForm",
    "reauthenticate_webauthn": "kring.accounts.forms.PasskeyAgainForm",
    "login_webauthn": "kring.accounts.forms.PasskeySignInForm",
    "activate_totp": "kring.accounts.forms.ActivateAppForm",
    "deactivate_totp": "kring.accounts.forms.DeactivateAppForm",
    "add_webauthn": "kring.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "kring.accounts.forms.RenamePasskeyForm",
}
# Board members and administrators sign in with a second factor. The demo's one-click cast has none.
TWO_FACTOR_REQUIRED = flag("TWO_FACTOR_REQUIRED", default=not DEMO)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kring" / "site" / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Safety in the browser -------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF] if DEMO else [NONE],  # the demo shows its mail in frames
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# A cookie with the __Host- prefix is only kept by browsers over https.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Exactly one proxy of ours stands in front and sets these; without it they are not believed.
if flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = 1 if flag("BEHIND_PROXY") else 0
CSRF_FAILURE_VIEW = "kring.foundation.views.csrf_failure"

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kring.accounts.api.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kring.accounts.api.Administrators"],
    "DEFAULT_RENDERER_CLASSES": ["kring.foundation.exact_json.ExactRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sociale Kring",
    "DESCRIPTION": "Organisaties, menukaart en toezeggingen van de kring.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # By what they are, where the fields of several things go by the same name.
    "ENUM_NAME_OVERRIDES": {
        "OfferingState": "offerings.models.OfferingState",
        "NeedState": "offerings.models.NeedState",
        "EnquiryState": "commitments.models.EnquiryState",
        "CommitmentState": "commitments.models.CommitmentState",
        "MeetingState": "kring.meetings.models.MeetingState",
        "Openness": "kring.meetings.models.Openness",
        "VisibilityEnum": "commitments.models.Visibility",
        "DeclineReason": "commitments.models.DeclineReason",
        "Side": "commitments.models.Side",
        "GivenBackReason": "commitments.models.GivenBackReason",
    },
}

# --- Logs: one JSON object a line on standard output -----------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discretion": {"()": "kring.foundation.logs.Discretion"}},
    "formatters": {
        "json": {
            "()": "kring.foundation.logs.Json",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "plain": {"()": "kring.foundation.logs.Plain", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["discretion"],
            "formatter": os.environ.get("LOG_FORMAT", "json"),
        },
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "celery.beat": {"level": "WARNING"},
    },
}
