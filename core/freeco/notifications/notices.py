"""The one gate through which people are told anything: their own switches decide when and how."""

from pathlib import Path

from freeco.members.models import Member
from freeco.notifications.services import OWN_LETTERS, send_mail


def notify(
    member: Member,
    topic: str,
    template: str,
    *,
    key: str,
    url: str = "",
    folder: Path = OWN_LETTERS,
    **content: object,
) -> None:
    """Tell a member of something, in their language, at the rhythm they chose for the topic.

    ``template`` is a letter of ``folder`` (first line the subject); ``key`` says what is told, so
    that telling it twice is telling it once; ``url`` is the page it is about, a path of this site.
    """
    if member.person is not None and member.person.email is not None:
        send_mail(member.person.email, template, member.person.language, folder=folder, **content)
