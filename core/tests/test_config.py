"""What an operator may decide, and what would be unsafe."""

import pytest

from freeco.config import BadConfiguration, Settings

GOOD_SECRET = "c" * 32


def test_production_refuses_to_start_with_the_secret_of_development() -> None:
    with pytest.raises(BadConfiguration, match="FREECO_SECRET_KEY"):
        Settings.from_environment({"FREECO_ENVIRONMENT": "production"})


def test_production_refuses_a_short_secret() -> None:
    with pytest.raises(BadConfiguration, match="32"):
        Settings.from_environment(
            {"FREECO_ENVIRONMENT": "production", "FREECO_SECRET_KEY": "short"}
        )


def test_production_starts_with_a_secret_of_its_own() -> None:
    settings = Settings.from_environment(
        {"FREECO_ENVIRONMENT": "production", "FREECO_SECRET_KEY": GOOD_SECRET}
    )
    assert settings.production


@pytest.mark.parametrize("word", ["Production", "prod", ""])
def test_a_misspelt_environment_does_not_mean_development(word: str) -> None:
    with pytest.raises(BadConfiguration, match="FREECO_ENVIRONMENT"):
        Settings.from_environment({"FREECO_ENVIRONMENT": word})


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="FREECO_DATABASE_URL"):
        Settings.from_environment({"FREECO_DATABASE_URL": "mysql://localhost/freeco"})


@pytest.mark.parametrize("count", ["many", "-1", "٣", "1.5"])
def test_a_count_of_proxies_is_a_whole_number(count: str) -> None:
    with pytest.raises(BadConfiguration, match="FREECO_TRUSTED_PROXIES"):
        Settings.from_environment({"FREECO_TRUSTED_PROXIES": count})


def test_the_secret_is_not_printed_with_the_settings() -> None:
    settings = Settings.from_environment(
        {"FREECO_SECRET_KEY": GOOD_SECRET, "FREECO_DATABASE_URL": "postgresql://a:pass-word@h/d"}
    )
    assert GOOD_SECRET not in repr(settings)
    assert "pass-word" not in repr(settings)
