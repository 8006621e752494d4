import pytest

from freeco.columns import Problem, guess
from freeco.spreadsheets import read_table
from freeco_direct_sales.product_formats import columns_of
from freeco_direct_sales.product_import import ProductDraft, ProductReading, read_products
from freeco_direct_sales.product_units import Measure, read_unit

FOODSOFT = (
    "avail.;Order number;Name;Supplier order unit;Unit;Ratios to supplier order unit;"
    "Group order unit;Price (net);Price unit;VAT;Deposit;Note;Category;Origin;Manufacturer"
)
NETWORK = (
    "producer,sku,name,display_name,category,description,units,unit_type,variant_unit_name,"
    "price,on_hand,available_on,on_demand,shipping_category,tax_category"
)


def reading(*lines: str) -> ProductReading:
    return read_products(read_table("produits.csv", "\n".join(lines).encode()))


def only(*lines: str) -> ProductDraft:
    found = reading(*lines)
    assert found.problems == ()
    (product,) = found.products
    return product


def texts(found: ProductReading) -> list[str]:
    return [notice.text for notice in found.notices]


def test_a_plain_french_sheet_is_read() -> None:
    found = reading(
        "Réf;Produit;Prix TTC;Unité;TVA;Catégorie;Conditionnement;Consigne;Origine;Producteur;"
        "Stock;Note;Description",
        "MI3;Miel de tilleul;6,20 €;pot;5,5 %;Épicerie;370 ml;0,30;Die;Roy;12;bio;Récolte de juin",
    )
    assert found.format == "french"
    assert found.problems == ()
    assert found.products == (
        ProductDraft(
            line=2,
            reference="MI3",
            name="Miel de tilleul",
            description="Récolte de juin",
            category="Épicerie",
            unit="pot",
            grams=None,
            millilitres=370,
            packaging="370 ml",
            price_cents=620,
            vat_basis_points=550,
            deposit_cents=30,
            origin="Die",
            producer="Roy",
            available=True,
            stock=12,
            note="bio",
        ),
    )
    assert texts(found) == ["Les prix sont pris TVA comprise, tels qu’ils sont écrits."]


def test_every_bad_line_is_told_with_its_column() -> None:
    found = reading(
        "Produit;Prix;Unité;TVA;Dispo;Stock",
        ";2;kg;5,5;oui;",
        "Ail;gratuit;kg;5,5;oui;",
        "Miel;;pot;réduit;peut-être;-1",
        "Noix;1,234;kg;5,5;oui;",
        "Poires;2,50;kg;5,5;oui;3",
    )
    assert [product.name for product in found.products] == ["Poires"]
    assert found.problems == (
        Problem(2, "Produit", "Il manque le nom du produit."),
        Problem(3, "Prix", "« gratuit » n’est pas un nombre."),
        Problem(4, "TVA", "« réduit » n’est pas un nombre."),
        Problem(4, "Prix", "Il manque le prix."),
        Problem(4, "Dispo", "« peut-être » : répondez par oui ou par non."),
        Problem(4, "Stock", "« -1 » : un nombre négatif n’a pas sa place ici."),
        Problem(5, "Prix", "« 1,234 » : des milliers ou des décimales ? Écrivez 1234 ou 1,23."),
    )
    assert len(found.products) + len({problem.line for problem in found.problems}) == 5


def test_a_sheet_without_price_is_a_problem_of_its_header() -> None:
    found = reading("Nos produits;", "Produit;Unité", "Ail;kg")
    assert found.products == ()
    assert found.problems == (Problem(2, "Prix TTC", "La colonne « Prix TTC » manque."),)


def test_a_price_may_bear_its_unit() -> None:
    assert only("Produit;Prix", "Ail;3,50 €/kg").unit == "kg"
    assert only("Produit;Prix", "Ail;3,50 € la botte").price_cents == 350
    assert only("Produit;Prix;Unité", "Ail;3,50 €/kg;kilo").grams == 1000
    found = reading("Produit;Prix;Unité", "Ail;3,50 €/kg;botte")
    assert found.problems == (
        Problem(2, "Prix", "Le prix est pour « kg » et l’unité dit « botte »."),
    )


def test_a_french_price_without_vat_becomes_what_the_member_pays() -> None:
    found = reading("Produit;Prix HT;TVA", "Ail;2,345;5,5", "Noix;3;", "Vin;10;20 %")
    assert [product.price_cents for product in found.products] == [247, 1200]
    assert found.problems == (Problem(3, "TVA", "Sans taux de TVA, le prix payé est inconnu."),)
    assert texts(found)[0].startswith("Les prix du fichier sont hors taxe")


def test_of_two_prices_the_one_the_member_pays_is_kept() -> None:
    found = reading("Produit;Prix HT;Prix TTC;TVA", "Ail;2;2,11;5,5")
    assert found.products[0].price_cents == 211
    assert "La colonne « Prix HT » n’est pas reprise : 1 ligne était remplie." in texts(found)


def test_a_rate_kept_as_a_fraction_is_understood_and_told() -> None:
    found = reading("Produit;Prix;TVA", "Ail;2;0,055", "Vin;9;0,2", "Noix;3;TVA 5,5%", "Sel;1;")
    rates = [product.vat_basis_points for product in found.products]
    assert rates == [550, 2000, 550, None]
    assert any("0,055 pour 5,5 %" in text and "(lignes 2, 3)" in text for text in texts(found))
    assert any("Taux de TVA non indiqué" in text and "(ligne 5)" in text for text in texts(found))


def test_where_crosses_mark_what_is_on_sale_an_empty_cell_is_no() -> None:
    found = reading("Produit;Prix;Dispo", "Ail;2;x", "Noix;3;")
    assert [product.available for product in found.products] == [True, False]
    assert any("(ligne 3)" in text and "croix" in text for text in texts(found))
    found = reading("Produit;Prix;Dispo", "Ail;2;non", "Noix;3;")
    assert [product.available for product in found.products] == [False, True]
    assert any("laissée vide" in text for text in texts(found))


def test_one_product_written_twice_is_a_problem() -> None:
    found = reading("Réf;Produit;Prix", "A1;Ail;2", "a1;Noix;3", ";Miel;5", ";miel;6")
    assert [problem.line for problem in found.problems] == [3, 5]
    assert found.problems[0].reason == "La référence « a1 » est déjà à la ligne 2."
    assert found.problems[1].reason.startswith("« miel » est déjà à la ligne 4")


def test_a_column_without_a_home_is_told_with_its_lines() -> None:
    found = reading("Produit;Prix;DLC;Bio", "Ail;2;;oui", "Noix;3;;oui", "Miel;4;;")
    assert "La colonne « Bio » n’est pas reprise : 2 lignes étaient remplies." in texts(found)
    assert not any("DLC" in text for text in texts(found))


def test_what_is_sold_without_unit_is_sold_by_the_piece() -> None:
    found = reading("Produit;Prix", *[f"Produit {place};2" for place in range(12)])
    assert {product.unit for product in found.products} == {"piece"}
    assert any(
        "à la pièce (lignes 2, 3, 4, 5, 6, 7, 8, 9, 10, 11…)" in text for text in texts(found)
    )


def test_the_persons_own_matching_of_columns_is_followed() -> None:
    table = read_table("a.csv", b"Truc;Combien\nAil;2\n")
    assert guess(table.header, columns_of(table.header)) == {}
    assert read_products(table, {"name": 0, "price": 1}).products[0].price_cents == 200


def test_unit_and_packaging_are_read_together() -> None:
    product = only("Produit;Prix;Unité;Poids", "Noix;4;500 g;filet")
    assert (product.unit, product.grams, product.packaging) == ("piece", 500, "500 g, filet")
    product = only("Produit;Prix;Poids", "Noix;4;sachet de 250 g")
    assert (product.unit, product.grams) == ("bag", 250)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("kg", Measure("kg", 1000)),
        ("le kilo", Measure("kg", 1000)),
        ("1 L", Measure("l", None, 1000)),
        ("l’unité", Measure("piece")),
        ("1 botte", Measure("bunch")),
        ("4x250ml", Measure("piece", None, 1000, "4x250ml")),
        ("6 x 75 cl", Measure("piece", None, 4500, "6 x 75 cl")),
        ("0,5 kg", Measure("piece", 500, None, "0,5 kg")),
        ("bocal (370 ml)", Measure("jar", None, 370, "bocal (370 ml)")),
        ("carton de 6 x 75cl", Measure("carton", None, 4500, "carton de 6 x 75cl")),
        ("6 œufs", Measure("piece", None, None, "6 œufs")),
        ("environ 1 kg", Measure("piece", None, None, "environ 1 kg")),
        ("1,2-1,5 kg", Measure("piece", None, None, "1,2-1,5 kg")),
        ("fagot", Measure("fagot")),
        ("0,1 g", Measure("piece", None, None, "0,1 g")),
    ],
)
def test_a_unit_is_read_as_people_write_it(written: str, expected: Measure) -> None:
    assert read_unit(written) == expected


def test_foodsoft_prices_are_net_and_half_a_cent_goes_up() -> None:
    found = reading(
        FOODSOFT,
        "Yes;1;Tomatoes;;500 g;20 Piece;;1.2;;6;0;organic;Vegetables;Here;Farm",
        "No;2;Juice;;4x250ml;;;3.21;;6;0.4;;Drinks;Here;Farm",
        ";3;Rice;;kg;;;2.5;;0.0;0;;;;Farm",
        "Yes;4;Half;;kg;;;0.1;;5;;;;;Farm",
    )
    assert found.format == "foodsoft"
    assert found.problems == ()
    prices = [product.price_cents for product in found.products]
    assert prices == [127, 340, 250, 11]
    assert [product.available for product in found.products] == [True, False, False, True]
    assert found.products[1].deposit_cents == 40
    assert texts(found)[0].startswith("Les prix du fichier sont hors taxe")
    assert any("consigne" in text and "(ligne 3)" in text for text in texts(found))
    assert any("« Ratios to supplier order unit »" in text for text in texts(found))


def test_a_foodsoft_price_is_for_its_price_unit() -> None:
    found = reading(FOODSOFT, "Yes;1;Apples;Crate;;10 kilogram;kilogram;2;kilogram;6;0;;;;")
    assert (found.products[0].unit, found.products[0].grams) == ("kg", 1000)
    assert any("« Supplier order unit »" in text for text in texts(found))
    assert any("« Group order unit »" in text for text in texts(found))


def test_a_foodsoft_line_without_vat_or_unit_is_told() -> None:
    found = reading(FOODSOFT, "Yes;1;Apples;;kg;;;2;;;0;;;;", "Yes;2;Figs;;;;;;;6;x;;;;")
    assert found.problems == (
        Problem(2, "VAT", "Sans taux de TVA, le prix payé est inconnu."),
        Problem(3, "Price (net)", "Il manque le prix."),
        Problem(3, "Deposit", "« x » n’est pas un nombre."),
    )
    found = reading(FOODSOFT.removeprefix("avail.;"), "2;Figs;;;;;3;;6;;;;;")
    assert (found.products[0].unit, found.products[0].available) == ("piece", True)


def test_a_foodsoft_rate_that_is_wrong_is_told_once() -> None:
    found = reading(FOODSOFT, "Yes;1;Apples;;kg;;;2;;réduit;0;;;;")
    assert [problem.column for problem in found.problems] == ["VAT"]


def test_open_food_network_variants_keep_their_own_name() -> None:
    found = reading(
        NETWORK,
        "Roy,S1,Honey,Lime tree,Grocery,Sweet,250,g,,6.20,12,,,Default,TVA 5.5%",
        "Roy,S2,Honey,Honey,Grocery,,1,,jar,9,,,1,Default,Reduced",
        "Noir,S3,Eggs,,Grocery,,6,,eggs,2,7,2022-07-27,1,Default,",
        "Noir,S4,Cheese,,,,2,lb,slice,11,,,,,",
    )
    assert found.format == "open_food_network"
    assert found.problems == ()
    honey, jar, eggs, cheese = found.products
    assert (honey.name, honey.grams, honey.packaging) == ("Honey – Lime tree", 250, "250 g")
    assert (honey.price_cents, honey.vat_basis_points, honey.stock) == (620, 550, 12)
    assert (jar.name, jar.unit, jar.stock, jar.vat_basis_points) == ("Honey", "jar", None, None)
    assert (eggs.unit, eggs.packaging, eggs.stock) == ("piece", "6 eggs", None)
    assert (cheese.grams, cheese.packaging) == (907, "2 lb")
    told = texts(found)
    for words in (
        "La colonne « tax_category » n’est pas reprise : 1 ligne",
        "La colonne « on_hand » n’est pas reprise : 1 ligne",
        "La colonne « variant_unit_name » n’est pas reprise : 1 ligne",
        "La colonne « available_on » n’est pas reprise : 1 ligne",
        "La colonne « shipping_category » n’est pas reprise : 3 lignes",
        "converties en grammes (ligne 5)",
        "le stock n’est pas suivi (ligne 5)",
        "La liste nomme plusieurs producteurs : Noir, Roy.",
    ):
        assert any(words in text for text in told), words


def test_an_open_food_network_line_without_measure_is_told() -> None:
    found = reading(
        NETWORK,
        "Roy,,Honey,,,,,g,,6,1,,,,",
        "Roy,,Jam,,,,0,g,,6,1,,,,",
        "Roy,,Figs,,,,1,,,6,1,,,,",
        "Roy,,Salt,,,,1,stone,,6,1,,,,",
    )
    assert found.products == ()
    assert found.problems == (
        Problem(2, "units", "Il manque la quantité vendue."),
        Problem(3, "units", "La quantité ne peut pas être nulle."),
        Problem(4, "unit_type", "Il manque l’unité."),
        Problem(5, "unit_type", "L’unité « stone » est inconnue."),
    )
