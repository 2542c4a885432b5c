"""The one settings object, read once from the environment and the home; no other module reads environment variables."""

from datetime import date
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, IPvAnyNetwork, PostgresDsn, SecretStr
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from battlescope_assets.domain.ruleset import Ruleset

REPOSITORY = Path(__file__).resolve().parent.parent
REMEMBERED = "settings.env"
"""The file of a home that remembers settings for later commands: the demo's upstream has a port of chance."""
LONGEST_PAUSE_MINUTES = 480
"""A link, which may be a few jumps longer, is stored in seconds of 16 bits."""
FIRST_KILLMAIL_DAY = date(2007, 12, 5)
"""The first day EVE Ref's archive holds."""


def _split(value: Any) -> Any:
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


Ids = Annotated[frozenset[Annotated[int, Field(ge=1)]], NoDecode, BeforeValidator(_split)]
"""Written with commas or spaces between."""
Networks = Annotated[frozenset[IPvAnyNetwork], NoDecode, BeforeValidator(_split)]
SecurityClasses = Annotated[
    frozenset[Literal["highsec", "lowsec", "nullsec", "wormhole", "pochven", "abyssal"]],
    NoDecode,
    BeforeValidator(_split),
]


class Settings(BaseSettings):
    """Every setting BattleScope has; names in the environment are upper case.

    Infrastructure settings carry the prefix `BATTLESCOPE_`; thresholds keep the names players' tools know them by
    (`WINDOW_MINUTES`, `GAP_MAX_MINUTES`, `MIN_KILLS`).
    """

    model_config = SettingsConfigDict(
        frozen=True,
        env_prefix="BATTLESCOPE_",
        populate_by_name=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a token that is too short is said to be, not shown
    )

    home: Path = Field(
        REPOSITORY / ".battlescope",
        description="Folder of everything a run leaves behind: the embedded database, caches, logs.",
    )
    database_url: PostgresDsn | None = Field(
        None,
        description="PostgreSQL to use instead of the embedded one: postgresql://user:password@host:port/database.",
    )
    dagster_database: str = Field("dagster", description="Name of Dagster's own database on the same server.")
    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: int = Field(8000, ge=1, le=65535, description="Port of the API and the pages.")
    dagster_host: str = Field("127.0.0.1", description="Address the Dagster UI listens on.")
    dagster_port: int = Field(3000, ge=1, le=65535, description="Port of the Dagster UI.")
    first_day: date = Field(FIRST_KILLMAIL_DAY, description="First daily partition of every partitioned asset.")
    everef_url: str = Field(
        "https://data.everef.net",
        description="EVE Ref's data sets: an http(s) address or a folder in the same layout.",
    )
    static_data_url: str = Field(
        "https://developers.eveonline.com/static-data",
        description="CCP's static data: an http(s) address or a folder in the same layout.",
    )
    esi_url: str = Field("https://esi.evetech.net", description="ESI, EVE's own API: an http(s) address.")
    killmail_feed_url: str = Field(
        "https://r2z2.zkillboard.com",
        description="zKillboard's killmail feed: an http(s) address or a folder in the same layout.",
    )
    user_agent: str = Field(
        "BattleScope/0.1 (set BATTLESCOPE_USER_AGENT to your contact)",
        description="User-Agent sent to upstreams; name yourself and a contact.",
    )
    archive_max_megabytes: int = Field(
        256, ge=1, description="Largest archive day accepted, decompressed; a larger one is refused as a bomb."
    )
    retention_months: int = Field(
        60, ge=0, description="Months that mails and battles are kept after theirs; 0 keeps all."
    )
    statement_timeout_ms: int = Field(2_000, ge=1, description="Longest an API query may run.")
    dagster_url: str | None = Field(
        None, description="Where the API finds Dagster; none = where the Dagster UI of the same settings listens."
    )
    dagster_public_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where visitors find the Dagster UI; none = its port, and pages link there on localhost only.",
    )
    trusted_proxies: Networks = Field(
        frozenset({ip_network("127.0.0.1"), ip_network("::1")}),
        description="Proxies, by address or network, whose word on who the client is and how he came is taken.",
    )
    admin_token: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        None, description="Who sends it may re-cluster over the API; none = nobody may."
    )
    api_requests_per_minute: int = Field(
        600, ge=0, description="Requests a client may make in a minute; 0 sets no limit."
    )

    window_minutes: int = Field(
        30,
        ge=1,
        le=LONGEST_PAUSE_MINUTES,
        validation_alias="WINDOW_MINUTES",
        description="Longest pause that enemies who fight on bridge; also how long a battle stays open.",
    )
    gap_max_minutes: int = Field(
        15,
        ge=1,
        le=LONGEST_PAUSE_MINUTES,
        validation_alias="GAP_MAX_MINUTES",
        description="Longest pause that a turned role bridges: attacker on one mail, victim of others on the next.",
    )
    min_kills: int = Field(
        2, ge=2, validation_alias="MIN_KILLS", description="Fewest mails of an engagement worth storing."
    )
    battle_least_ships_lost: int = Field(
        5, ge=1, description="Fewest ships lost to players in a `battle`; with fewer it is a `skirmish`."
    )
    battle_least_pilots: int = Field(10, ge=2, description="Fewest pilots of a `battle`.")
    decisive_least_efficiency: float = Field(
        0.6, ge=0, le=1, description="Least ISK efficiency of a side that wins a battle decisively."
    )
    decisive_least_ships_destroyed: int = Field(5, ge=0, description="Fewest ships that such a side destroyed.")

    war_data_retention_days: int = Field(
        30,
        ge=0,
        validation_alias="WAR_DATA_RETENTION_DAYS",
        description="Days that the items of each mail are kept; what was lost per day stays. 0 = for ever.",
    )
    war_doctrine_min_fleet_size: int = Field(
        10,
        ge=2,
        validation_alias="WAR_DOCTRINE_MIN_FLEET_SIZE",
        description="Fewest losses of a fit by one side, in a battle or an hour and system, that make a doctrine.",
    )
    war_heatmap_min_kills: int = Field(
        5, ge=1, validation_alias="WAR_HEATMAP_MIN_KILLS", description="Fewest kills of a system on the heatmap."
    )
    war_alert_demand_score_threshold: float = Field(
        2.0,
        ge=0,
        validation_alias="WAR_ALERT_DEMAND_SCORE_THRESHOLD",
        description="Least demand score of a type that is in demand.",
    )
    war_alert_min_gap_units: int = Field(
        50,
        ge=1,
        validation_alias="WAR_ALERT_MIN_GAP_UNITS",
        description="Fewest units short, of what was lost in 7 days against stock, that are worth an alert.",
    )

    ruleset_min_pilots: int = Field(
        0, ge=0, description="Take in only mails with at least so many pilots, the victim included."
    )
    ruleset_alliance_ids: Ids = Field(
        frozenset(),
        description="Take in only mails with one of these alliances, or a tracked corporation: 99000001,99000002.",
    )
    ruleset_corporation_ids: Ids = Field(
        frozenset(), description="Take in only mails with one of these corporations, or a tracked alliance."
    )
    ruleset_solar_system_ids: Ids = Field(frozenset(), description="Take in only mails of these solar systems.")
    ruleset_security_classes: SecurityClasses = Field(
        frozenset(),
        description="Take in only mails of these: highsec, lowsec, nullsec, wormhole, pochven, abyssal.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments come before the environment, and that before what the home remembers."""
        home = init_settings().get("home") or env_settings().get("home") or cls.model_fields["home"].default
        return init_settings, env_settings, DotEnvSettingsSource(settings_cls, env_file=Path(home) / REMEMBERED)

    @cached_property
    def ruleset(self) -> Ruleset:
        """Which mails are taken in."""
        return Ruleset(
            self.ruleset_min_pilots,
            self.ruleset_alliance_ids,
            self.ruleset_corporation_ids,
            self.ruleset_solar_system_ids,
            self.ruleset_security_classes,
        )

    @cached_property
    def embedded_postgres_folder(self) -> Path:
        """Where the embedded PostgreSQL keeps its data."""
        return self.home / "postgres"
