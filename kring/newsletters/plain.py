"""A text in Markdown as plain text, for the twin of a mail: lists with dashes, and addresses beside their links."""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.token import Token

from kring.newsletters.markup import BARE, parsed


def as_text(markdown: str, full: Callable[[str], str] = str) -> str:
    """`full` makes an address of a page of ours one that works elsewhere."""
    blocks: list[str] = []
    lists: list[tuple[str, int]] = []
    marker = ""
    for token in parsed(markdown):
        match token.type:
            case "bullet_list_open":
                lists.append(("-", 0))
            case "ordered_list_open":
                lists.append(("1", int(token.attrs.get("start", 1)) - 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                marker = "  " * len(lists)
            case "list_item_open":
                kind, number = lists[-1]
                lists[-1] = (kind, number + 1)
                marker = "  " * (len(lists) - 1) + ("- " if kind == "-" else f"{number + 1}. ")
            case "inline":
                blocks.append(marker + _inline(token.children or [], full))
                marker = "  " * len(lists)
            case "fence" | "code_block":
                blocks.append(token.content.rstrip("\n"))
            case "hr":
                blocks.append("* * *")
    return _joined(blocks)


def _joined(blocks: list[str]) -> str:
    """An empty line between paragraphs, none between the lines of a list."""
    text = ""
    for block in blocks:
        in_list = block.lstrip().startswith(("- ",)) or (block.lstrip()[:1].isdigit() and ". " in block[:6])
        text += ("\n" if in_list and text.rsplit("\n", 1)[-1].lstrip()[:1] in {"-", *"0123456789"} else "\n\n") + block
    return text.strip("\n")


def _inline(tokens: list[Token], full: Callable[[str], str]) -> str:
    text, address, start = "", "", 0
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "link_open":
                address, start = full(str(token.attrs.get("href", ""))), len(text)
            case "link_close" if token.markup != BARE:
                text += "" if text[start:].strip() == address else f" ({address})"
    return text
