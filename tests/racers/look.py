"""A web process that runs all along: says, on each line it reads, what is open now.

Arguments: settings as JSON, community id.
"""

import json
import sys

from freeco.activation import open_modules
from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db
from freeco.members.models import Community


def main() -> None:
    environment, community_id = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    for _line in sys.stdin:
        with app.app_context():
            community = db.session.get_one(Community, int(community_id))
            print(json.dumps(sorted(open_modules(community))), flush=True)


main()
