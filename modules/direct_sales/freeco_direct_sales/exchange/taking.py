"""Taking a list of products: what a format has no words for is not lost when it comes back."""

from collections.abc import Callable, Mapping, Sequence

from freeco.i18n import spoken
from freeco.listings import written
from freeco.spreadsheets import read_table
from freeco_direct_sales import catalogue
from freeco_direct_sales.catalogue import Imported
from freeco_direct_sales.exchange import listings, ofn_csv
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.product_formats import Format
from freeco_direct_sales.product_import import ProductDraft, ProductReading, read_products

Write = Callable[[Sequence[Product]], bytes]


def take_list(producer: Producer, reading: ProductReading) -> Imported:
    """Take the products of a list, which has no problem, into the catalogue of a producer.

    Our own list given back changes nothing, nor does one of Open Food Network: each of our
    products is told as that format would tell it, and what the file says otherwise is taken.
    """
    write = _WRITERS.get(reading.format)
    if write is None:
        return catalogue.import_products(producer, reading.products)
    return catalogue.import_products(
        producer, reading.products, lambda products: _told(products, write)
    )


def _told(products: Sequence[Product], write: Write) -> Mapping[int, ProductDraft]:
    if not products:
        return {}
    with spoken("fr"):  # as the headings that are read
        table = read_table("ours.csv", write(products))
    owners = {row.number: each.id for row, each in zip(table.rows, products, strict=True)}
    # One product a table would be as right; lines that a list may not hold twice are left out.
    return {owners[draft.line]: draft for draft in read_products(table).products}


def _french(products: Sequence[Product]) -> bytes:
    with spoken("fr"):
        return written(listings.products(products[0].producer, products, notes=True), "csv")


_WRITERS: Mapping[Format, Write] = {
    "french": _french,
    "open_food_network": lambda products: ofn_csv.write(products, every=True),
}
