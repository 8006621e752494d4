"""One of two last members: joins at the same instant as the other.

Arguments: settings as JSON, community id, person id, a file to wait for.
"""

import json
import sys
import time
from pathlib import Path

from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.models import Community, Person


def main() -> None:
    environment, community_id, person_id, start = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    with app.app_context():
        community = db.session.get_one(Community, int(community_id))
        person = db.session.get_one(Person, int(person_id))
        db.session.rollback()
        print("ready", flush=True)
        while not Path(start).exists():
            time.sleep(0.001)
        membership.join(kernel().plugins, community, person, person)
        db.session.commit()


main()
