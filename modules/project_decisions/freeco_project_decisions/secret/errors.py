"""Why a secret poll says no."""

from http import HTTPStatus

from freeco.errors import Refusal
from freeco.i18n import _, listed, said


class NotForSecrecy(Refusal):
    """Only answers that can be added up without being opened are sealed."""

    reason = _(
        "Ce mode de décision ne se fait pas à bulletins scellés : choisissez oui, non ou blanc, "
        "l’approbation ou le jugement majoritaire."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSecretColleges(Refusal):
    """Sums are opened for all at once; weights would be another election."""

    reason = _(
        "Un vote secret se compte sans collèges : ouvrez un vote par collège, ou un vote à "
        "bulletins ouverts."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSecretProxies(Refusal):
    """Whose vote was cast by whom would be known."""

    reason = _("Un vote secret se fait sans procuration : chacun vote avec son propre code.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSecretRoom(Refusal):
    """A hand that is raised is no secret; papers in an urn may be."""

    reason = _(
        "Un vote secret ne se fait pas à main levée dans la salle : prenez des papiers dans une "
        "urne, ou que chacun y vote avec son code."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooFewForSecrecy(Refusal):
    """Among a few, a result says who voted what."""

    reason = _(
        "À moins de huit votants, le secret serait une illusion : le résultat dirait qui a voté "
        "quoi. Prenez un vote à bulletins ouverts."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AnnouncedAlready(Refusal):
    """Codes were made for these electors and in this way."""

    reason = _("Les votants sont notés et les codes se préparent : cela ne change plus.")


class NotAnnounced(Refusal):
    """Codes are made for a number of electors."""

    reason = _("Notez d’abord la liste des votants : les codes de vote se font pour leur nombre.")


class ElectorateChanged(Refusal):
    """Persons were noted and organisations are asked, or the other way round."""

    reason = _(
        "La liste notée n’est pas celle que ce vote demande : reprenez-la avant d’ouvrir le vote."
    )


class TrusteesFixed(Refusal):
    """Their keys are those of the election."""

    reason = _("Les clés de ce vote sont fixées : les dépositaires ne changent plus.")


class TrusteeTwice(Refusal):
    """Two keys with one person are one."""

    reason = _("Cette personne tient déjà une clé de ce vote.")


class TrusteesMissing(Refusal):
    """Never only the platform."""

    reason = _(
        "Il faut au moins trois dépositaires de clé, dont au moins deux pour ouvrir le résultat."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TrusteesTooClose(Refusal):
    """Those who prepare votes could open it among themselves."""

    reason = _(
        "Les personnes qui préparent les votes pourraient ouvrir le résultat entre elles : "
        "confiez plus de clés à d’autres, ou demandez-en plus pour ouvrir."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadThreshold(Refusal):
    """At least two, and no more than there are."""

    reason = _("Il faut au moins deux clés pour ouvrir, et pas plus qu’il n’y a de dépositaires.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TrusteesLate(Refusal):
    """Some keys are not there."""

    reason = _("Il manque encore la clé d’un dépositaire.")

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.reason = said(
            "Le vote ne peut pas encore s’ouvrir. On attend une clé de : %(names)s. "
            "Écrivez-leur, ou nommez quelqu’un d’autre.",
            names=listed(names),
        )


class NotTheirTurn(Refusal):
    """They are ahead, or it is done."""

    reason = _("Rien à faire pour vous en ce moment : les autres dépositaires sont attendus.")


class TrusteeUnsound(Refusal):
    """What came from a trustee does not hold."""

    reason = _("Ce qui a été envoyé n’est pas juste : rien n’a été enregistré.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, why: object) -> None:
        super().__init__()
        self.reason = said(
            "Ce qui a été envoyé n’est pas juste (%(why)s) : rien n’a été enregistré.",
            why=str(why),
        )


class NoRegistration(Refusal):
    """Before the list is noted, after the opening, or codes come from elsewhere."""

    reason = _("On ne fait pas de code de vote ici en ce moment.")


class RegisteredAlready(Refusal):
    """One elector, one code; nobody here knows which one it was."""

    reason = _(
        "Vous avez déjà fait votre code. Ce site ne sait pas lequel est le vôtre : il ne peut "
        "ni vous le redire, ni le changer."
    )


class CodeTwice(Refusal):
    """The same code again."""

    reason = _("Ce code sert déjà : refaites-en un.")


class CodesUnsound(Refusal):
    """The file is not one of codes."""

    reason = _(
        "Ce fichier n’est pas celui des codes : il faut le fichier public que la commande a écrit."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CodesNotAsMany(Refusal):
    """One code for each elector."""

    reason = _("Il n’y a pas autant de codes que de votants.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, codes: int, electors: int) -> None:
        super().__init__()
        self.reason = said(
            "Il faut autant de codes que de votants : %(codes)s dans le fichier, %(electors)s sur "
            "la liste.",
            codes=codes,
            electors=electors,
        )


class CodesMissing(Refusal):
    """Nobody could vote."""

    reason = _("Les codes de vote ne sont pas encore là.")


class CodesStillMade(Refusal):
    """Electors were told until when they make their codes; some have none yet."""

    reason = _(
        "Des votants font encore leur code, et une lettre leur a dit jusqu’à quand : le vote "
        "s’ouvrira à son heure."
    )


class BallotRefused(Refusal):
    """A ballot that is not kept; its subclasses say why."""

    reason = _("Ce bulletin n’est pas accepté : rien n’a été enregistré.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BallotTooLong(BallotRefused):
    """Above any ballot there is."""

    reason = _("Ce bulletin est bien trop long pour en être un : rien n’a été enregistré.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BallotMalformed(BallotRefused):
    """It is not written as a ballot is."""

    reason = _(
        "Ce bulletin est abîmé : rien n’a été enregistré. Rechargez la page et votez à nouveau."
    )


class BallotForAnother(BallotRefused):
    """Its election is another."""

    reason = _("Ce bulletin est pour un autre vote : rien n’a été enregistré.")


class BallotOfNobody(BallotRefused):
    """Its code is not on the list."""

    reason = _(
        "Ce code de vote n’est pas sur la liste de ce vote : rien n’a été enregistré. Vérifiez "
        "que c’est bien le code reçu pour celui-ci."
    )


class BallotUnproved(BallotRefused):
    """A proof or its signature does not hold."""

    reason = _(
        "Une preuve de ce bulletin ne tient pas : rien n’a été enregistré. Votez à nouveau, "
        "depuis un autre appareil si cela recommence."
    )


class BallotCopied(BallotRefused):
    """Somebody else's choices, sent as one's own."""

    reason = _(
        "Ces choix scellés sont ceux d’un autre bulletin : rien n’a été enregistré. Un bulletin ne "
        "se recopie pas."
    )
    status = HTTPStatus.CONFLICT
