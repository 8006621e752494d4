"""Pages and files are sent compressed to browsers that read it, whole to the others."""

import gzip

from flask import Flask

from freeco.testing import Visitor

READS_GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_a_browser_that_reads_it(client: Visitor) -> None:
    plain = client.get("/charte")
    small = client.get("/charte", headers=READS_GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 2
    assert "Charte" in gzip.decompress(small.data).decode()
    assert {"Accept-Encoding", "Cookie"} <= set(small.vary)


def test_a_style_sheet_is_compressed_and_still_known_again(client: Visitor) -> None:
    plain = client.get("/static/freeco.css", buffered=True)
    small = client.get("/static/freeco.css", headers=READS_GZIP, buffered=True)
    assert gzip.decompress(small.data) == plain.data
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    known = {**READS_GZIP, "If-None-Match": small.headers["ETag"]}
    assert client.get("/static/freeco.css", headers=known, buffered=True).status_code == 304


def test_who_refuses_gzip_gets_the_page_whole(client: Visitor) -> None:
    answer = client.get("/charte", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary


def test_what_is_short_in_bytes_or_in_part_is_sent_as_it_is(app: Flask, client: Visitor) -> None:
    part = {**READS_GZIP, "Range": "bytes=0-999"}
    answer = client.get("/static/freeco.css", headers=part, buffered=True)
    assert answer.status_code == 206
    assert len(answer.data) == 1000
    for path in ("/langue", "/static/npm/atkinson.woff2"):
        assert "Content-Encoding" not in client.get(path, headers=READS_GZIP, buffered=True).headers
