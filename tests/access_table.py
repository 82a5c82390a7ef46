"""Who may see and do what: every address of the site, for every one of the cast.

An address that stands in no row fails the test, so nothing is opened by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CAST = ("visitor", "business", "editor", "owner", "outsider", "board", "administrator")

OK, CREATED, SIGN_IN, DONE, FORBIDDEN, HIDDEN, WRONG_METHOD, NO_JSON, TYPED_WRONG = (
    200,
    201,
    302,
    302,
    403,
    404,
    405,
    415,
    422,
)

Statuses = Mapping[str, int]


def everyone(status: int = OK) -> Statuses:
    return dict.fromkeys(CAST, status)


def signed_in(status: int = OK) -> Statuses:
    return everyone(status) | {"visitor": SIGN_IN}


def only(*who: str, status: int = OK, others: int = FORBIDDEN, visitor: int = SIGN_IN) -> Statuses:
    """These get `status`, the others `others`; a visitor is asked to sign in."""
    return dict.fromkeys(CAST, others) | {"visitor": visitor} | dict.fromkeys(who, status)


@dataclass(frozen=True)
class Row:
    """One address with one object: what a GET and an empty POST give each of the cast."""

    name: str
    about: Mapping[str, str] = field(default_factory=dict)  # which object of the scene stands in the address
    get: Statuses = field(default_factory=everyone)
    post: Statuses = field(default_factory=lambda: everyone(WRONG_METHOD))


# A wrong method is only told to who may come in.
WRONG_SIGNED_IN = signed_in(WRONG_METHOD)
WRONG_ON_BOARD = only("board", status=WRONG_METHOD)

THEIRS = ("editor", "owner", "board")
# The two sides of what runs between the firm and the member.
PARTIES = ("business", "editor", "owner", "board")
PUBLIC = [
    "site:home",
    "site:results",
    "site:results_csv",
    "site:about",
    "site:privacy",
    "site:accessibility",
    "site:resign",
    "members:list",
    "members:paper",
    "members:csv",
    "members:xlsx",
    "newsletters:home",
    "newsletters:feed",
    "offerings:list",
    "offerings:menu_pdf",
    "offerings:shortlist_pdf",
    "offerings:feed",
    "offerings:need_list",
    "offerings:shortlist",
    "commitments:list",
    "site:alive",
    "site:ready",
    "schema",
    "docs",
    "style_guide",
    "demo:post",
    "api:sector-list",
    "api:district-list",
    "api:category-list",
    "meetings:list",
    "meetings:organisations",
    "meetings:calendar_of_all",
    "meetings:atom",
    "api:meeting-list",
]

CONFLICT = 409
# The API takes JSON: a form is refused, and a stranger before it is looked at.
NO_JSON = 415
NO_JSON_SIGNED_IN = everyone(NO_JSON) | {"visitor": 401}
OFFERINGS: Mapping[str, Statuses] = {
    "published": everyone(),
    "draft": only(*THEIRS, others=HIDDEN, visitor=HIDDEN),
    "archived": only(*THEIRS, others=HIDDEN, visitor=HIDDEN),
    "of an applicant": only("board", others=HIDDEN, visitor=HIDDEN),
}
COMMITMENTS: Mapping[str, Statuses] = {
    "public": everyone(),
    "members": everyone() | {"visitor": HIDDEN, "administrator": HIDDEN},
    "parties": only(*PARTIES, others=HIDDEN, visitor=HIDDEN),
    "proposed": only(*PARTIES, others=HIDDEN, visitor=HIDDEN),
}
# A program is told that it has to show who it is, before anything else.
WRONG_API = everyone(WRONG_METHOD) | {"visitor": 401}
WRONG_API_READ = everyone(WRONG_METHOD)
BOARD_API = only("board", visitor=401)
# Who speaks for an organisation, or for the board.
MAKERS = signed_in() | {"administrator": FORBIDDEN}
MAKERS_TYPED_WRONG = signed_in(TYPED_WRONG) | {"administrator": FORBIDDEN}
# What is for the circle alone, as whoever has a role in it sees it.
CIRCLE = everyone() | {"visitor": HIDDEN, "administrator": HIDDEN}
MEETINGS: Mapping[str, Statuses] = {
    "meeting": everyone(),
    "circle meeting": CIRCLE,
    "draft meeting": only("board", others=HIDDEN, visitor=HIDDEN),
}
EVENING = {"slug": "meeting"}
EDIT_MINE = only(*THEIRS)
OWNERS = ("owner", "board")
MEMBER = {"slug": "member"}

TABLE: list[Row] = [
    *(Row(name) for name in PUBLIC),
    Row("api:organisation-list", post=WRONG_API),
    Row("site:my", get=signed_in(), post=WRONG_SIGNED_IN),
    Row("board:attention", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:commitments", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:freshness", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:figures", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:figures_csv", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:taking_part", {"slug": "way", "which": "which"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:reviews", get=only("board"), post=only("board", status=DONE)),
    Row("board:review", {"uuid": "review"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:review", {"uuid": "minutes"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:review_refresh", {"uuid": "review"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:review_close", {"uuid": "review"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row(
        "board:verdict",
        {"uuid": "review", "commitment": "public"},
        get=only("board"),
        post=only("board", status=TYPED_WRONG),
    ),
    Row("board:verdict", {"uuid": "review", "commitment": "members"}, *(only("board", status=HIDDEN),) * 2),
    Row(
        "board:review_action",
        {"uuid": "review", "commitment": "action"},
        get=WRONG_ON_BOARD,
        post=only("board", status=DONE),
    ),
    Row("board:review_pdf", {"uuid": "minutes"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:review_pdf", {"uuid": "review"}, get=only("board", status=HIDDEN), post=WRONG_ON_BOARD),
    Row("commitments:detail", {"uuid": "action"}, get=only("board", others=HIDDEN, visitor=HIDDEN)),
    *(
        Row(f"board:{name}", {"uuid": which}, get=WRONG_ON_BOARD, post=only("board", status=DONE))
        for name, which in (("remind", "public"), ("remind_enquiry", "enquiry"), ("settle", "action"))
    ),
    Row("board:settle", {"uuid": "public"}, get=WRONG_ON_BOARD, post=only("board", status=HIDDEN)),
    Row("board:mend_mail", {"uuid": "mail"}, get=WRONG_ON_BOARD, post=only("board", status=HIDDEN)),
    Row("board:ask_if_true", {"slug": "published"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:mail", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:mail_try_now", get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:mail_addresses", get=only("board"), post=only("board", status=400)),
    Row("board:mail_message", {"uuid": "mail"}, get=only("board"), post=WRONG_ON_BOARD),
    Row(
        "board:mail_step",
        {"uuid": "mail", "name": "mail_step"},
        get=WRONG_ON_BOARD,
        post=only("board", status=DONE),
    ),
    Row("board:mail_templates", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:mail_template", {"name": "mail_template"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:mail_template_html", {"name": "mail_template"}, get=only("board"), post=WRONG_ON_BOARD),
    # Organisations
    Row("members:detail", {"slug": "member"}),
    Row("members:detail", {"slug": "applicant"}, get=only("board", others=HIDDEN, visitor=HIDDEN)),
    Row("members:linked_data", {"slug": "member"}),
    Row("members:linked_data", {"slug": "applicant"}, get=only("board", others=HIDDEN, visitor=HIDDEN)),
    Row("members:edit", {"slug": "member"}, get=EDIT_MINE, post=only(*THEIRS, status=TYPED_WRONG)),
    Row(
        "members:edit",
        {"slug": "applicant"},
        get=only("board", others=HIDDEN),
        post=only("board", status=TYPED_WRONG, others=HIDDEN),
    ),
    Row("members:preview", MEMBER, get=WRONG_SIGNED_IN, post=only(*THEIRS, status=TYPED_WRONG)),
    Row("members:confirm", MEMBER, get=WRONG_SIGNED_IN, post=only(*THEIRS, status=DONE)),
    Row("members:people", MEMBER, get=only(*THEIRS), post=WRONG_SIGNED_IN),
    Row("members:people", {"slug": "applicant"}, get=only("board", others=HIDDEN), post=WRONG_SIGNED_IN),
    Row("members:invite", MEMBER, get=WRONG_SIGNED_IN, post=only(*OWNERS, status=TYPED_WRONG)),
    Row("members:hand_over", MEMBER, get=only("owner"), post=only("owner", status=TYPED_WRONG)),
    Row(
        "members:change_role",
        MEMBER | {"key": "owner role"},
        get=WRONG_SIGNED_IN,
        post=only(*OWNERS, status=DONE),
    ),
    Row("members:remove", MEMBER | {"key": "owner role"}, get=only(*OWNERS), post=only(*OWNERS, status=DONE)),
    Row(
        "members:remove",
        {"slug": "elsewhere", "key": "owner role"},
        get=only("outsider", "board", status=HIDDEN),
        post=only("outsider", "board", status=HIDDEN),
    ),
    *(
        Row(name, MEMBER | {"uuid": "invitation"}, get=WRONG_SIGNED_IN, post=only(*OWNERS, status=DONE))
        for name in ("members:invite_again", "members:withdraw")
    ),
    Row("members:membership", MEMBER, get=only(*THEIRS), post=WRONG_SIGNED_IN),
    Row("members:resign", MEMBER, get=only("owner"), post=only("owner", status=TYPED_WRONG)),
    Row("members:stay", MEMBER, get=WRONG_SIGNED_IN, post=only("owner", status=DONE)),
    Row("members:rejoin", MEMBER, get=only("owner", status=DONE), post=only("owner", status=DONE)),
    *(
        Row(f"members:{name}", MEMBER, get=only(*OWNERS), post=WRONG_SIGNED_IN)
        for name in ("history", "record", "record_file")
    ),
    *(
        Row(f"members:{name}", {"slug": "applicant"}, get=only("board", others=HIDDEN), post=WRONG_SIGNED_IN)
        for name in ("history", "record", "record_file")
    ),
    # Asking to belong
    Row("members:apply", post=everyone(TYPED_WRONG)),
    Row("members:register_business", post=everyone(TYPED_WRONG)),
    # The board's
    Row("board:organisations", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:organisations_csv", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:organisations_xlsx", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:organisation", MEMBER, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:organisation", {"slug": "applicant"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:appoint", MEMBER, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:step", MEMBER | {"name": "step"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:list_business", {"slug": "firm"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:list_business", MEMBER, get=WRONG_ON_BOARD, post=only("board", status=HIDDEN)),
    Row("board:partner_business", {"slug": "firm"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:partner_business", MEMBER, get=WRONG_ON_BOARD, post=only("board", status=HIDDEN)),
    Row("board:application", {"uuid": "application"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("api:organisation-detail", {"uuid": "member_id"}, post=WRONG_API),
    Row(
        "api:organisation-detail",
        {"uuid": "applicant_id"},
        get=only("board", others=HIDDEN, visitor=HIDDEN),
        post=WRONG_API,
    ),
    Row("api:membership-list", get=BOARD_API, post=BOARD_API | {"board": WRONG_METHOD}),
    Row("api:membership-detail", {"uuid": "membership"}, get=BOARD_API, post=BOARD_API | {"board": WRONG_METHOD}),
    Row(
        "api:membership-steps",
        {"uuid": "membership"},
        get=BOARD_API | {"board": WRONG_METHOD},
        post=BOARD_API | {"board": 415},  # no JSON
    ),
    # Lists that the board brings in
    Row("board:imports", get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:import", {"uuid": "import"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:import", {"uuid": "done import"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("board:import_columns", {"uuid": "import"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row(
        "board:import_columns",
        {"uuid": "done import"},
        get=only("board", status=DONE),
        post=only("board", status=DONE),
    ),
    Row(
        "board:import_choose",
        {"uuid": "import", "number": "row"},
        get=WRONG_ON_BOARD,
        post=only("board", status=DONE),
    ),
    Row("board:import_confirm", {"uuid": "import"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:import_undo", {"uuid": "done import"}, get=only("board"), post=only("board", status=DONE)),
    Row("board:import_throw_away", {"uuid": "import"}, get=only("board"), post=only("board", status=DONE)),
    *(
        Row(f"board:import_{name}", {"uuid": "import"}, get=only("board"), post=WRONG_ON_BOARD)
        for name in ("csv", "xlsx")
    ),
    Row("api:sector-detail", {"slug": "sector"}),
    Row("api:district-detail", {"slug": "district"}),
    Row("api:category-detail", {"slug": "category"}),
    # The menu card
    *(Row("offerings:detail", {"slug": which}, get=who) for which, who in OFFERINGS.items()),
    *(
        Row("api:offering-detail", {"uuid": f"{which} id"}, get=who, post=WRONG_API)
        for which, who in OFFERINGS.items()
    ),
    Row("api:offering-list", post=NO_JSON_SIGNED_IN),
    Row("api:offering-step", {"uuid": "published id"}, get=everyone(WRONG_METHOD), post=NO_JSON_SIGNED_IN),
    Row("api:enquiry-list", post=everyone(NO_JSON)),
    Row("api:enquiry-detail", {"uuid": "enquiry"}, get=only(*PARTIES, others=HIDDEN, visitor=HIDDEN)),
    *(
        Row(f"api:enquiry-{step}", {"uuid": "enquiry"}, get=everyone(WRONG_METHOD), post=NO_JSON_SIGNED_IN)
        for step in ("answer", "message", "withdraw")
    ),
    Row(
        "offerings:shortlist_add",
        {"slug": "published"},
        get=everyone(WRONG_METHOD),
        post=everyone(DONE),
    ),
    Row(
        "offerings:shortlist_add",
        {"slug": "draft"},
        get=everyone(WRONG_METHOD),
        post=only(*THEIRS, status=DONE, others=HIDDEN, visitor=HIDDEN),
    ),
    Row("offerings:shortlist_clear_away", get=everyone(WRONG_METHOD), post=everyone(DONE)),
    Row("offerings:shortlist_remove", {"slug": "published"}, get=everyone(WRONG_METHOD), post=everyone(HIDDEN)),
    Row("offerings:need_detail", {"slug": "need"}),
    Row("api:need-detail", {"uuid": "need_id"}, post=WRONG_API),
    # What is written is JSON; a browser's form is none.
    Row("api:need-list", post=NO_JSON_SIGNED_IN),
    *(
        Row(
            f"api:need-{step}",
            {"uuid": "need_id"},
            get=everyone(WRONG_METHOD),
            post=only("editor", visitor=401) | dict.fromkeys(("owner", "board"), again),
        )
        for step, again in (("extend", OK), ("meet", CONFLICT), ("close", CONFLICT))  # what has ended ends once
    ),
    Row(
        "offerings:post_need",
        get=signed_in() | {"business": DONE, "editor": DONE, "owner": DONE, "outsider": DONE},
        post=WRONG_SIGNED_IN,
    ),
    Row("offerings:own_needs", {"organisation": "member"}, get=EDIT_MINE, post=WRONG_SIGNED_IN),
    Row("offerings:chances", {"organisation": "member"}, get=EDIT_MINE, post=WRONG_SIGNED_IN),
    Row("offerings:need_create", {"organisation": "member"}, get=EDIT_MINE, post=only(*THEIRS, status=TYPED_WRONG)),
    Row(
        "offerings:need_edit",
        {"organisation": "member", "slug": "need"},
        get=EDIT_MINE,
        post=only(*THEIRS, status=TYPED_WRONG),
    ),
    Row(
        "offerings:need_edit",
        {"organisation": "elsewhere", "slug": "need"},
        get=only("outsider", "board", status=HIDDEN),
        post=only("outsider", "board", status=HIDDEN),
    ),
    Row(
        "offerings:need_move",
        {"organisation": "member", "slug": "need"},
        get=WRONG_SIGNED_IN,
        post=only(*THEIRS, status=400),
    ),
    Row("offerings:asked", get=only("business", "editor", "owner", "outsider", "board"), post=WRONG_SIGNED_IN),
    Row("offerings:asked_by_all", get=only("board"), post=WRONG_ON_BOARD),
    Row("offerings:mine", {"organisation": "member"}, get=EDIT_MINE, post=WRONG_SIGNED_IN),
    Row("offerings:create", {"organisation": "member"}, get=EDIT_MINE, post=only(*THEIRS, status=TYPED_WRONG)),
    Row(
        "offerings:edit",
        {"organisation": "member", "slug": "draft"},
        get=EDIT_MINE,
        post=only(*THEIRS, status=TYPED_WRONG),
    ),
    Row(
        "offerings:edit",
        {"organisation": "elsewhere", "slug": "published"},
        get=only("outsider", "board", status=HIDDEN),
        post=only("outsider", "board", status=HIDDEN),
    ),
    Row(
        "offerings:move",
        {"organisation": "member", "slug": "published"},
        get=everyone(WRONG_METHOD) | {"visitor": SIGN_IN},
        post=only(*THEIRS, status=400),
    ),
    Row("offerings:preview", {"organisation": "member"}, get=WRONG_SIGNED_IN, post=only(*THEIRS)),
    Row(
        "offerings:pause",
        {"organisation": "member", "slug": "published"},
        get=EDIT_MINE,
        post=only(*THEIRS, status=DONE),
    ),
    Row(
        "offerings:copy",
        {"organisation": "member", "slug": "published"},
        get=WRONG_SIGNED_IN,
        post=only(*THEIRS, status=400),
    ),
    Row(
        "offerings:copy",
        {"organisation": "elsewhere", "slug": "published"},
        get=WRONG_SIGNED_IN,
        post=only("outsider", "board", status=HIDDEN),
    ),
    # Asking
    Row("commitments:ask", {"slug": "published"}, post=everyone(TYPED_WRONG)),
    Row("commitments:ask", {"slug": "draft"}, get=everyone(HIDDEN), post=everyone(HIDDEN)),
    Row("commitments:ask_several", get=everyone(DONE), post=everyone(DONE)),  # nothing was set aside
    Row("commitments:answer_need", {"slug": "need"}, post=everyone(TYPED_WRONG)),
    Row("commitments:enquiries", get=signed_in(), post=WRONG_SIGNED_IN),
    Row(
        "commitments:enquiry",
        {"uuid": "enquiry"},
        get=only(*PARTIES, others=HIDDEN),
        post=only("business", "editor", "owner", status=TYPED_WRONG, others=HIDDEN) | {"board": FORBIDDEN},
    ),
    # Commitments
    *(Row("commitments:detail", {"uuid": which}, get=who) for which, who in COMMITMENTS.items()),
    *(Row("api:commitment-detail", {"uuid": which}, get=who, post=WRONG_API) for which, who in COMMITMENTS.items()),
    Row("api:commitment-list", post=everyone(415) | {"visitor": 401, "administrator": FORBIDDEN}),  # 415: no JSON
    Row("api:commitment-steps", {"uuid": "public"}, get=WRONG_API_READ, post=NO_JSON_SIGNED_IN),
    Row(
        "commitments:act",
        {"uuid": "public"},
        get=everyone(WRONG_METHOD) | {"visitor": SIGN_IN},
        post=only("business", "editor", "owner", status=TYPED_WRONG),
    ),
    Row(
        "commitments:act",
        {"uuid": "parties"},
        get=everyone(WRONG_METHOD) | {"visitor": SIGN_IN},
        post=only("business", "editor", "owner", status=TYPED_WRONG, others=HIDDEN) | {"board": FORBIDDEN},
    ),
    Row(
        "commitments:withdraw",
        {"uuid": "public"},
        get=everyone(WRONG_METHOD) | {"visitor": SIGN_IN},
        post=only("business", status=DONE),
    ),
    Row(
        "commitments:contact",
        {"uuid": "public"},
        get=only("business", "editor", "owner"),
        post=only("business", "editor", "owner", status=DONE),
    ),
    Row(
        "commitments:contact",
        {"uuid": "parties"},
        get=only("business", "editor", "owner", others=HIDDEN) | {"board": FORBIDDEN},
        post=only("business", "editor", "owner", status=DONE, others=HIDDEN) | {"board": FORBIDDEN},
    ),
    Row("commitments:photo", {"uuid": "members", "evidence": "photo"}, get=COMMITMENTS["members"]),
    Row("commitments:photo", {"uuid": "public", "evidence": "photo"}, get=everyone(HIDDEN)),
    Row("commitments:create", get=MAKERS, post=MAKERS_TYPED_WRONG),
    Row("commitments:quick", get=MAKERS, post=MAKERS_TYPED_WRONG),
    Row(
        "commitments:edit",
        {"uuid": "drafted"},
        get=only("business", others=HIDDEN) | {"board": FORBIDDEN},
        post=only("business", status=TYPED_WRONG, others=HIDDEN) | {"board": FORBIDDEN},
    ),
    Row("commitments:detail", {"uuid": "drafted"}, get=only("business", "board", others=HIDDEN, visitor=HIDDEN)),
    # Reminders, and links in mail, for the board
    Row("board:reminders", get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:add_reminder", get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:reminder", {"slug": "rule"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("board:remove_reminder", {"slug": "rule"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("board:links", get=only("board"), post=WRONG_ON_BOARD),
    Row("board:revoke_link", {"uuid": "link"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row("commitments:calendar", {"organisation": "member"}, get=EDIT_MINE, post=only(*THEIRS, status=DONE)),
    Row(
        "commitments:calendar",
        {"organisation": "applicant"},
        get=only("board", others=HIDDEN),
        post=only("board", status=DONE, others=HIDDEN),
    ),
    Row("commitments:calendar_feed", {"token": "token"}, get=everyone(HIDDEN)),
    # Meetings
    *(
        Row(f"meetings:{name}", {"slug": which}, get=who)
        for name in ("detail", "calendar", "card")
        for which, who in MEETINGS.items()
    ),
    *(
        Row(
            "meetings:sign_up",
            {"slug": which},
            get=who,
            post={each: TYPED_WRONG if status == OK else status for each, status in who.items()},
        )
        for which, who in MEETINGS.items()
        if which != "draft meeting"
    ),
    *(
        Row("meetings:document", {"slug": which, "key": f"{which} document"}, get=who)
        for which, who in MEETINGS.items()
    ),
    *(Row("api:meeting-detail", {"uuid": f"{which} id"}, get=who) for which, who in MEETINGS.items()),
    Row(
        "api:meeting-sign-ups",
        {"uuid": "meeting id"},
        get=everyone(WRONG_METHOD),
        post=everyone(NO_JSON),
    ),
    Row("meetings:minutes", {"slug": "held meeting"}, get=CIRCLE),
    Row("meetings:minutes", EVENING, get=everyone(HIDDEN)),
    Row("meetings:board", get=only("board"), post=WRONG_ON_BOARD),
    Row("meetings:begin", get=only("board"), post=only("board", status=TYPED_WRONG)),
    *(
        Row(f"meetings:{name}", EVENING, get=only("board"), post=WRONG_ON_BOARD)
        for name in (
            "overview",
            "agenda",
            "sign_ups",
            "sign_ups_csv",
            "evening",
            "evening_now",
            "arrivals",
            "outcomes",
        )
    ),
    *(
        Row(f"meetings:{name}", EVENING, get=only("board"), post=only("board", status=TYPED_WRONG))
        for name in ("edit", "invite", "agenda_add", "write")
    ),
    Row("meetings:step", EVENING | {"name": "call off"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    *(
        Row(f"meetings:{name}", EVENING, get=WRONG_ON_BOARD, post=only("board", status=DONE))
        for name in ("keep_as_template", "propose", "approve", "publish_minutes")
    ),
    *(
        Row(f"meetings:{name}", EVENING, get=WRONG_ON_BOARD, post=only("board", status=TYPED_WRONG))
        for name in ("catch", "walk_in")
    ),
    Row("meetings:evening_turn", EVENING, get=WRONG_ON_BOARD, post=only("board", status=HIDDEN)),
    Row(
        "meetings:agenda_edit",
        EVENING | {"key": "agenda item"},
        get=only("board"),
        post=only("board", status=TYPED_WRONG),
    ),
    Row("meetings:agenda_move", EVENING | {"key": "agenda item"}, get=WRONG_ON_BOARD, post=only("board", status=DONE)),
    Row(
        "meetings:agenda_remove", EVENING | {"key": "agenda item"}, get=only("board"), post=only("board", status=DONE)
    ),
    Row("meetings:arrival", EVENING | {"uuid": "sign-up"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row(
        "meetings:arrival",
        {"slug": "held meeting", "uuid": "sign-up"},
        get=only("board", status=HIDDEN),
        post=only("board", status=HIDDEN),
    ),
    Row("meetings:sign_up_cancel", EVENING | {"uuid": "sign-up"}, get=only("board"), post=only("board", status=DONE)),
    Row("meetings:outcome", EVENING | {"uuid": "outcome"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row(
        "meetings:turn_idea", EVENING | {"uuid": "outcome"}, get=WRONG_ON_BOARD, post=only("board", status=TYPED_WRONG)
    ),
    Row("meetings:outcome_remove", EVENING | {"uuid": "outcome"}, get=only("board"), post=only("board", status=DONE)),
    # The newsletter
    Row("newsletters:subscribe", get=everyone(WRONG_METHOD), post=everyone(TYPED_WRONG)),
    Row("newsletters:issue", {"number": "public issue"}),
    Row(
        "newsletters:issue",
        {"number": "members' issue"},
        get=only("editor", "owner", "outsider", "board", others=HIDDEN, visitor=HIDDEN),
    ),
    *(Row(f"newsletters:{name}", {"token": "token"}, get=everyone(HIDDEN)) for name in ("read", "follow")),
    Row("newsletters:read", {"token": "reader's token"}),
    Row("newsletters:preferences", {"token": "token"}, get=everyone(HIDDEN), post=everyone(HIDDEN)),
    Row("newsletters:preferences", {"token": "preferences"}, post=everyone(TYPED_WRONG)),
    *(
        Row(f"newsletters:{name}", get=only("board"), post=WRONG_ON_BOARD)
        for name in ("issues", "audiences", "subscribers")
    ),
    Row("newsletters:create", get=WRONG_ON_BOARD, post=only("board", status=400)),
    Row("newsletters:create_audience", get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("newsletters:audience", {"uuid": "audience"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("newsletters:remove_audience", {"uuid": "audience"}, get=only("board"), post=only("board", status=DONE)),
    Row("newsletters:compose", {"uuid": "draft issue"}, get=only("board"), post=only("board", status=TYPED_WRONG)),
    Row("newsletters:preview", {"uuid": "draft issue"}, get=only("board"), post=only("board")),
    Row("newsletters:end_subscription", {"uuid": "subscriber"}, get=only("board"), post=only("board", status=DONE)),
    Row("newsletters:remove", {"uuid": "draft issue"}, get=only("board"), post=only("board", status=DONE)),
    Row("newsletters:send", {"uuid": "draft issue"}, get=only("board"), post=only("board", status=400)),
    Row("newsletters:progress", {"uuid": "sending issue"}, get=only("board"), post=WRONG_ON_BOARD),
    Row("newsletters:move", {"uuid": "sending issue"}, get=WRONG_ON_BOARD, post=only("board", status=400)),
    Row("newsletters:stop", {"uuid": "sending issue"}, get=only("board"), post=WRONG_ON_BOARD),
    # Links in mail, and the rest
    Row("mail:leave", {"token": "token"}, get=everyone(HIDDEN), post=everyone(HIDDEN)),
    Row("mail:own_address", get=signed_in(), post=signed_in(DONE)),
    # Without a provider that has a secret there is no such address (tests/mail/test_bounces.py).
    Row("mail:report", {"provider": "provider"}, get=everyone(WRONG_METHOD), post=everyone(HIDDEN)),
    Row("mail:act", {"token": "token"}, get=everyone(HIDDEN), post=everyone(HIDDEN)),
    Row("set_language", get=everyone(WRONG_METHOD), post=everyone(DONE)),
    Row("accent", {"colour": "colour"}),
    Row("media", {"path": "picture"}, get=everyone(HIDDEN), post=everyone(WRONG_METHOD)),
    Row("demo:sign_in", {"who": "who"}, get=everyone(WRONG_METHOD), post=everyone(DONE)),
]
