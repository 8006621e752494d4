"""The sentences that the scripts of tokens say, in the reader's language, as JSON."""

from freeco.i18n import said
from freeco_project_decisions.sealed.writing import compact


def words() -> str:
    """Return the sentences, as JSON."""
    return compact(
        {
            "drawing": said(
                "Votre appareil tire un jeton au sort et le cache : quelques secondes."
            ),
            "asking": said("La demande part ; les signataires signent sans voir le jeton."),
            "saved": said(
                "Ce navigateur ne garde rien : votre demande est dans le fichier enregistré."
            ),
            "taken": said("Votre jeton est signé. Enregistrez-le dans un fichier, puis attendez."),
            "awaited": said(
                "Votre demande est faite. Un autre signataire doit encore signer : revenez ici "
                "avant le vote, avec cet appareil."
            ),
            "notoken": said("Ce fichier n’est pas un jeton pour ce vote, ou il manque."),
            "brought": said("Votre jeton est là."),
            "choose": said("Il manque une réponse : donnez-en une à chaque ligne."),
            "ranks": said("Chaque rang une seule fois, sans en sauter : 1, puis 2, puis 3."),
            "sealing": said("Votre bulletin se scelle sur votre appareil."),
            "sending": said("Le bulletin scellé part dans l’urne."),
            "unsent": said(
                "L’envoi n’est pas arrivé, ou le site n’a pas répondu. Recommencez : cela ne "
                "compte qu’une fois."
            ),
            "failed": said(
                "Votre appareil n’a pas pu finir ce calcul : rien n’est parti. Rechargez la page, "
                "ou prenez un autre navigateur."
            ),
            "kept": said("Suivi de mon bulletin, à garder pour soi."),
            "serial": said("Le numéro du bulletin est un nombre entier, 1 au moins."),
            "written": said(
                "Votre bulletin est scellé dans un fichier : déposez-le sur la page de l’urne "
                "avant la fin du vote. Son suivi, à garder : {tracker}"
            ),
            "change": said("Vous avez voté {number} fois ; le dernier bulletin comptera."),
        }
    )
