"""Core's own letters: when each leaves, and the words that may stand in it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from freeco.i18n import _
from freeco.mail.letters import OWN_LETTERS
from freeco.module import LetterKind, Text
from freeco.money import Money

ACCOUNT = _(
    "Elle parle du compte d’une personne, qui peut être membre de plusieurs communautés : "
    "c’est le site qui l’écrit."
)
SAFETY = _(
    "Elle prévient d’un danger. Nul ne doit pouvoir l’adoucir : elle dit la même chose partout."
)
COMMUNITY = _("communauté")
ADDRESS = _("adresse de la page")
THURSDAY = date(2026, 12, 3)


def _own(
    stem: str,
    title: Text,
    sent: Text,
    words: Mapping[str, Text],
    example: Mapping[str, Any],
    **more: Any,
) -> LetterKind:
    return LetterKind(f"core.{stem}", OWN_LETTERS, title, sent, words, example, **more)


def _kept(stem: str, title: Text, sent: Text, example: Mapping[str, Any], kept: Text) -> LetterKind:
    return LetterKind(f"core.{stem}", OWN_LETTERS, title, sent, example=example, kept=kept)


INVITATIONS = {"inviter": _("qui invite"), "community": COMMUNITY, "link": ADDRESS}
INVITED = {
    "inviter": "Marie Dupont",
    "community": "Les Trois-Ponts",
    "secret": "exemple",
    "refusal": "/desabonnement/exemple",
}
ACCORDS = {"name": _("l’autre membre"), "title": _("titre de l’accord")}
ACCORD = {"name": "Zoé Roux", "title": "Prêt du motoculteur"}
OF_ACCORD = {"topic": "core.accord", "url": "accords/1", "needed": ("name", "title")}
CORE = (
    _own(
        "digest",
        _("La lettre de la semaine"),
        _("Une fois par semaine, à qui a quelque chose à y lire."),
        {"community": COMMUNITY, "week": _("la semaine")},
        {
            "community": "Les Trois-Ponts",
            "week": "Dans l’agenda, cette semaine\n----------------------------\n\n"
            "- jeudi 3 décembre 2026, 18 h 30, Halle du village – Distribution : Petit panier",
        },
        needed=("week",),
        topic="core.digest",
    ),
    _own(
        "reminder",
        _("Le rappel de la veille"),
        _("La veille de ce qui est dans l’agenda d’un membre, à ce membre."),
        {
            "what": _("ce qui vient"),
            "date": _("jour"),
            "when": _("quand"),
            "where": _("où"),
        },
        {
            "what": "Distribution : Petit panier",
            "date": THURSDAY,
            "starts": time(18, 30),
            "ends": time(19, 30),
            "place": "Halle du village",
        },
        needed=("what", "when"),
        topic="core.reminder",
        url="agenda",
    ),
    _own(
        "payment_due",
        _("Un paiement est en retard"),
        _("Quand la trésorerie relance, au foyer qui doit payer ; une fois par semaine au plus."),
        {
            "amount": _("montant"),
            "to": _("à qui"),
            "due_on": _("jour prévu"),
            "cheque": _("si c’est un chèque"),
        },
        {
            "amount": Money(4600),
            "to": "GAEC des Vergnes",
            "due_on": THURSDAY,
            "by_cheque": True,
        },
        needed=("amount", "to"),
        topic="core.payment",
        url="paiements",
        keeper="core.treasurer",
    ),
    _own(
        "debit_announced",
        _("Un prélèvement est annoncé"),
        _("Quand un prélèvement est préparé, à chaque foyer qui a signé un mandat."),
        {
            "creditor": _("qui prélève"),
            "on": _("jour du prélèvement"),
            "debited": _("montants et comptes"),
            "rights": _("droit d’être remboursé"),
        },
        {
            "creditor": "GAEC des Vergnes",
            "on": THURSDAY,
            "debits": [(Money(4600), "FREECO-1-1", "0189")],
        },
        needed=("creditor", "on", "debited", "rights"),
        topic="core.debit",
        url="paiements",
        keeper="core.treasurer",
    ),
    _own(
        "invitation",
        _("Une invitation dans la communauté"),
        _("Quand quelqu’un est invité à devenir membre, à son adresse."),
        INVITATIONS,
        INVITED,
        needed=("inviter", "link"),
    ),
    _own(
        "household_invitation",
        _("Une invitation à partager un foyer"),
        _("Quand un membre invite quelqu’un dans son foyer, à son adresse."),
        INVITATIONS,
        INVITED,
        needed=("inviter", "link"),
    ),
    _own(
        "entered",
        _("L’accueil d’un membre inscrit sur papier"),
        _("Quand une liste signée sur papier est reprise, à chaque nouvelle personne."),
        {
            "first_name": _("prénom"),
            "community": COMMUNITY,
            "keeper": _("qui a inscrit"),
            "link": ADDRESS,
        },
        {"first_name": "Zoé", "community": "Les Trois-Ponts", "keeper": "Marie Dupont"},
        needed=("keeper", "link"),
    ),
    _own(
        "module_opened",
        _("Un service ouvre"),
        _("Quand nous sommes assez nombreux pour un service, à tous les membres."),
        {
            "module": _("service"),
            "community": COMMUNITY,
            "how_many": _("combien nous sommes"),
        },
        {"module": _("Paniers et contrats"), "community": "Les Trois-Ponts", "member_count": 24},
        needed=("module",),
        topic="core.opening",
        url="",
    ),
    _own(
        "new_charter",
        _("La charte change"),
        _("Quand une nouvelle version de la charte entre en vigueur, à qui ne l’a pas acceptée."),
        {"community": COMMUNITY, "version": _("version")},
        {"community": "Les Trois-Ponts", "version": "2"},
        needed=("version",),
        topic="core.charter",
        url="charte",
    ),
    _own(
        "accord_proposed",
        _("Un accord est proposé"),
        _("Quand un membre propose un accord à un autre, à cet autre."),
        ACCORDS,
        ACCORD,
        **OF_ACCORD,
    ),
    _own(
        "accord_agreed",
        _("Un accord est conclu"),
        _("Quand l’autre est d’accord, à qui avait proposé."),
        ACCORDS,
        ACCORD,
        **OF_ACCORD,
    ),
    _own(
        "accord_declined",
        _("Un accord est refusé"),
        _("Quand l’autre ne le souhaite pas, à qui avait proposé."),
        ACCORDS,
        ACCORD,
        **OF_ACCORD,
    ),
    _kept(
        "sign_in_link",
        _("Le lien pour se connecter"),
        _("Quand quelqu’un demande à se connecter sans mot de passe."),
        {"first_name": "Zoé", "secret": "exemple"},
        ACCOUNT,
    ),
    _kept(
        "confirm",
        _("La confirmation d’une adresse"),
        _("Quand un compte est créé."),
        {"first_name": "Zoé", "secret": "exemple"},
        ACCOUNT,
    ),
    _kept(
        "known_address",
        _("Un compte existe déjà"),
        _("Quand une adresse connue sert à s’inscrire."),
        {"first_name": "Zoé"},
        ACCOUNT,
    ),
    _kept(
        "new_email",
        _("Une nouvelle adresse à confirmer"),
        _("Quand quelqu’un change l’adresse de son compte, à la nouvelle."),
        {"name": "Zoé Roux", "secret": "exemple"},
        ACCOUNT,
    ),
    _kept(
        "email_asked",
        _("Une autre adresse est demandée"),
        _("Quand quelqu’un change l’adresse de son compte, à l’ancienne."),
        {"first_name": "Zoé", "address": "zoe@example.org"},
        ACCOUNT,
    ),
    _kept(
        "account_secured",
        _("Un mot de passe a changé, ou tous les appareils sont déconnectés"),
        _("Quand quelqu’un change de mot de passe ou déconnecte tous ses appareils, à lui-même."),
        {
            "first_name": "Zoé",
            "change": "password",
            "at": datetime(2026, 12, 3, 9, tzinfo=UTC),
            "ended": ["Tableur, Les Trois-Ponts"],
            "kept": ["Le site de l’école, Les Trois-Ponts"],
        },
        ACCOUNT,
    ),
    _kept(
        "account_changed",
        _("Un IBAN a changé"),
        _("Quand l’IBAN d’une organisation change, à qui tient ses comptes et à la trésorerie."),
        {
            "organisation": "GAEC des Vergnes",
            "who": "Denis Couderc",
            "at": datetime(2026, 12, 3, 9, tzinfo=UTC),
            "before": "0189",
            "after": "4471",
            "keeps": True,
        },
        SAFETY,
    ),
    _kept(
        "record_alarm",
        _("Un témoin contredit le registre"),
        _("Quand un témoin ne reconnaît plus le registre public, à qui veille sur la communauté."),
        {
            "own": True,
            "community": "Les Trois-Ponts",
            "kind": "shrunken",
            "witness": "temoin.example/temoin",
            "origin": "freeco.example/trois-ponts/registre",
        },
        SAFETY,
    ),
    _kept(
        "wording_to_mend",
        _("Une lettre est à reprendre"),
        _("Quand vos mots ne vont plus avec une lettre, à qui veille sur la communauté."),
        {"community": "Les Trois-Ponts", "title": _("Le rappel de la veille")},
        _("Elle vous dit qu’une lettre écrite par vous ne va plus : il faut pouvoir s’y fier."),
    ),
)
