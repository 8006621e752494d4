"""The sentences that the scripts of secret polls say, in the reader's language, as JSON."""

from freeco.i18n import said
from freeco_project_decisions.sealed.writing import compact


def ballot_words() -> str:
    """Return the sentences that the script of the ballot says, as JSON."""
    return compact(
        {
            "choose": said("Choisissez une réponse."),
            "strange": said(
                "« {character} » n’est dans aucun code. Zéro, I, O majuscules et l minuscule n’y "
                "sont jamais : regardez si c’est un 1, un i, un o ou un L."
            ),
            "length": said("Un code a quinze caractères, celui-ci en a {count}."),
            "mistaken": said(
                "Un caractère est mal recopié : comparez groupe par groupe, majuscules comprises."
            ),
            "sealing": said("Votre bulletin se scelle sur votre appareil : {done} sur {all}."),
            "sending": said("Le bulletin scellé part dans l’urne."),
            "unsealed": said(
                "Le bulletin n’a pas pu être scellé : rien n’est parti. Rechargez la page, ou "
                "prenez un autre navigateur."
            ),
            "unsent": said(
                "Le bulletin scellé n’est pas arrivé, ou l’urne n’a pas répondu. L’envoyer à "
                "nouveau ne compte qu’une fois."
            ),
            "done": said("Votre bulletin est dans l’urne"),
            "copied": said("Le suivi est copié."),
            "kept": said("Suivi de votre bulletin. Il ne dit rien de ce que vous avez choisi."),
        }
    )


def code_words() -> str:
    """Return the sentences that the script of the codes' page says, as JSON."""
    return compact(
        {
            "copied": said("Le code est copié."),
            "other": said(
                "Ce ne sont pas les trois derniers caractères de votre code : regardez celui que "
                "vous avez gardé."
            ),
            "kept": said(
                "Mon code de vote. Il sert à voter, et à rien d’autre : à garder pour soi."
            ),
        }
    )


def trustee_words() -> str:
    """Return the sentences that the script of a trustee's page says, as JSON."""
    return compact(
        {
            "short": said(
                "Une phrase de passe a douze caractères au moins : quatre mots au hasard."
            ),
            "different": said("Les deux phrases de passe ne sont pas les mêmes."),
            "made": said(
                "Le fichier est fait. Rangez-le à deux endroits, puis choisissez-le ci-dessous : "
                "c’est pour être sûr que vous l’avez."
            ),
            "missing": said("Choisissez votre fichier de clé."),
            "file": said("Ce fichier n’est pas une clé de dépositaire."),
            "passphrase": said("La phrase de passe n’ouvre pas ce fichier : essayez encore."),
            "other-file": said("Ce fichier est la clé d’un autre vote, ou d’un tour recommencé."),
            "other-key": said(
                "La clé que le site montre à votre place n’est pas la vôtre : n’allez pas plus "
                "loin, et dites-le aux autres dépositaires."
            ),
            "certificate": said(
                "La signature d’un autre dépositaire ne tient pas : dites-le à qui prépare le vote."
            ),
            "part": said(
                "Une part que vous avez reçue n’est pas juste : recommencez le tour, et dites-le à "
                "qui prépare le vote."
            ),
            "group": said("Un nombre reçu n’est pas de ceux qu’on ouvre : rien n’est parti."),
            "archive": said("Le fichier du vote est abîmé : rien n’est parti."),
            "ballot": said(
                "Un bulletin du fichier n’est pas signé comme il faut : rien n’est parti."
            ),
            "no-tally": said("Le vote n’est pas encore fini : rien n’est parti."),
            "other-sum": said(
                "La somme que le site demande d’ouvrir n’est pas celle des bulletins : n’ouvrez "
                "pas, et dites-le à tous."
            ),
            "too-few": said(
                "Ce fichier est fait pour moins de huit votants : aucun vote secret ne s’ouvre à "
                "si peu. Rien n’est parti : dites-le aux autres dépositaires."
            ),
            "compare": said(
                "Comparez d’abord avec le registre public. Si ce ne sont pas les mêmes, "
                "n’ouvrez pas, et dites-le aux autres dépositaires."
            ),
            "few": said("Regardez d’abord combien de bulletins le registre public annonce."),
            "reading": said("Votre appareil recompte les bulletins : {done} sur {all}."),
            "opening": said("Votre appareil ouvre sa part : {done} sur {all}."),
            "working": said("Votre appareil calcule."),
            "broken": said("Quelque chose a manqué : rien n’est parti. Rechargez la page."),
        }
    )
