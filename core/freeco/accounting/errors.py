"""What the ledger refuses, and why."""

from freeco.errors import Refusal
from freeco.i18n import _


class NotWholeCents(Refusal):
    """An amount was not Money: the ledger takes no float."""

    reason = _("Un montant se compte en centimes entiers.")


class OtherCurrency(Refusal):
    """A line was in another currency than the book."""

    reason = _("Ce montant n’est pas dans la monnaie du livre.")


class Unbalanced(Refusal):
    """Debits and credits differ."""

    reason = _("Cette écriture n’est pas équilibrée : débits et crédits diffèrent.")


class TooFewLines(Refusal):
    """Money comes from somewhere and goes somewhere."""

    reason = _("Une écriture a au moins deux lignes, toutes d’un montant non nul.")


class TooLarge(Refusal):
    """An amount no cooperative has ever seen."""

    reason = _("Ce montant est trop grand pour être vrai.")


class UnknownAccount(Refusal):
    """The book has no such account."""

    reason = _("Ce compte n’existe pas dans ce livre.")


class AccountExists(Refusal):
    """The book has this account already, under another label."""

    reason = _("Ce compte existe déjà dans ce livre.")


class UnknownJournal(Refusal):
    """The book has no such journal."""

    reason = _("Ce journal n’existe pas dans ce livre.")


class PeriodClosed(Refusal):
    """The day stands in a closed period."""

    reason = _("Cette période est close : l’écriture se date d’après la clôture.")


class ClosesForward(Refusal):
    """A closed period is not opened again."""

    reason = _("Une période close ne se rouvre pas.")


class KeyReused(Refusal):
    """The same key came with another content."""

    reason = _("Cette opération est déjà écrite, avec un autre contenu.")


class AlreadyReversed(Refusal):
    """An entry is reversed once."""

    reason = _("Cette écriture est déjà annulée.")


class Overdrawn(Refusal):
    """A guarded account would go below nought, such as a cash box."""

    reason = _("Ce compte ne contient pas assez pour cette écriture.")


class NoMembership(Refusal):
    """An organisation has a book once it is a member somewhere."""

    reason = _("Cette organisation n’est encore membre d’aucune communauté.")


class LinesWithoutEntry(Refusal):
    """Lines stand in the book that no entry seals: somebody wrote past the ledger."""

    reason = _("Ce livre contient des lignes sans écriture : il faut le vérifier avant d’y écrire.")


class BookUnsound(Refusal):
    """The audit found something changed: no year is closed on that."""

    reason = _(
        "La vérification de ce livre a trouvé une anomalie : l’exercice ne peut pas être clos."
    )


class YearNotOver(Refusal):
    """A year is closed once its last day has passed."""

    reason = _("Cet exercice n’est pas terminé.")


class EarlierYearOpen(Refusal):
    """Years close one after the other."""

    reason = _("L’exercice précédent n’est pas clos : les exercices se closent dans l’ordre.")


class YearFixed(Refusal):
    """A year that is closed, or that would leave a gap or overlap, is not what was asked."""

    reason = _(
        "Un exercice suit le précédent, finit avec un mois, seul de son année, et dure deux ans au"
        " plus ; ses dates ne changent plus une fois clos."
    )


class NothingToAllocate(Refusal):
    """There is no result, or the assembly would share out more than there is."""

    reason = _("Il n’y a pas de résultat à affecter, ou pas autant.")
