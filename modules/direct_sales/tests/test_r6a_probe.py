import time
from collections.abc import Callable
from sqlalchemy import event
from freeco.db import db
from freeco.clock import held_at
from datetime import UTC, datetime
from freeco.members import households

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)

def test_probe(shop, member, visiting, coordinator, neighbour):
    client = visiting(member)
    offers = {each.name: each.id for each in shop.offers}
    pickup = shop.pickups[0].id
    sid = shop.id
    db.session.rollback()
    log = []
    from sqlalchemy import Engine
    def begin(conn): log.append(("begin", time.perf_counter()))
    def commit(conn): log.append(("commit", time.perf_counter()))
    def rb(conn): log.append(("rollback", time.perf_counter()))
    def ex(conn, cur, st, p, c, m): log.append((st.replace("\n"," ")[:110], time.perf_counter()))
    eng = db.engine
    event.listen(eng, "begin", begin); event.listen(eng, "commit", commit); event.listen(eng, "rollback", rb); event.listen(eng, "before_cursor_execute", ex)
    with held_at(NOW):
        page = client.get(f"/lavergne/direct-sales/commandes/{sid}")
        from freeco.testing.forms import fill_in
        for many in (2, 0):
            page = client.get(f"/lavergne/direct-sales/commandes/{sid}")
            log.clear()
            t = time.perf_counter()
            answer = fill_in(client, page, f"/commandes/{sid}", {f"q-{offers['Poireaux']}": str(many), "pickup": str(pickup)})
            print("=====", many, answer.status_code, round((time.perf_counter()-t)*1000), "ms", len(log))
            t0 = log[0][1]
            for w, at in log:
                print(f"{(at-t0)*1000:7.1f} {w}")
    assert 0
