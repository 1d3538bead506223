"""What a brief demands of work without network: days of it, nothing lost, who decides, Wi-Fi."""

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern

_DEVICE = r"(?:tablets?|phones?|devices?|laptops?|handhelds?)"

OFFLINE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="offline.endurance",
        text="It works offline for <words> on end: the session, lists and forms last that long.",
        cues=(
            r"\b(?:offline|without (?:an? |any )?(?:network|connection|reception|internet)) "
            r"(?:for )?(?:up to |at least |as long as )?(?P<near>(?:\d|an? |one|two|three|a whole)"
            r"[^,;]{0,15})",
            r"\b(?P<near>\d+ (?:hours?|days?|weeks?)) (?:offline|without (?:an? |any )?(?:network|"
            r"connection|reception|internet))",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("client", "session", "stays open on the device for <value>"),
            Mechanism("client", "cache", "what is needed for <value>, fetched before"),
            Mechanism("test", "outbox", "<value> in flight mode, the clock put forward, then sync"),
        ),
    ),
    RulePattern(
        slug="offline.nothing-lost",
        text="Nothing that was entered is lost: “<words>”. Each field is written to the device as "
        "it is typed, and leaves it only when the server has confirmed it.",
        cues=(
            r"(?P<words>\bnothing (?:[a-z]+ ){0,3}(?:is|gets|may be|must be|can be) (?:ever "
            r")?lost\b)",
            r"(?P<words>\b(?:no|not an?) (?:entry|entries|input|data|count|record)s? (?:[a-z]+ )"
            r"{0,2}(?:is|are|gets?|may be|must be) (?:ever )?lost\b)",
            r"(?P<words>\b(?:must|may|should) never (?:be lost|lose)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("client", "outbox", "written to the device before the screen moves on"),
            Mechanism("test", "outbox", "battery out while typing, storage full, app updated"),
            Mechanism("alert", "outbox", "a device has sent nothing for two days and has entries"),
        ),
    ),
    RulePattern(
        slug="offline.decides",
        text="When two have changed the same: “<words>”. Both versions are kept until then.",
        cues=(
            r"(?P<words>\bif two (?:[a-z]+ )?[a-z]+ (?:have )?[^;]{3,80}\b(?:decides?|picks?|"
            r"chooses?|wins?|taken|counts|kept)\b[^;]{0,60})",
            r"(?P<words>\b(?:the )?same [a-z]+ [^;:]{0,40}\b(?:two|both|several) (?:devices?|"
            r"tablets?|phones?|people|places?)[^;]{3,120})",
            r"(?P<words>\bif [^,;]{3,60}\bmeanwhile,? [^;]{3,80})",
        ),
        mechanisms=(
            Mechanism("interface", "every write", "carries the version that it was based on"),
            Mechanism("client", "outbox", "shows both side by side to the person who decides"),
            Mechanism("test", "outbox", "two devices, the same thing: who decides sees both"),
        ),
    ),
    RulePattern(
        slug="offline.by-wifi",
        text="Large files wait for Wi-Fi: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:only|just) (?:via|over|on|by|with|in) "
            r"(?:a )?wi-?fi\b[^,;]{0,60})",
        ),
        mechanisms=(
            Mechanism("client", "outbox", "two queues: entries at once, files by kind of network"),
            Mechanism("test", "outbox", "Wi-Fi gone in the middle of a file: goes on where it was"),
        ),
    ),
    RulePattern(
        slug="offline.encrypted",
        text="What lies on the device is encrypted, with a key that only its unlocking releases.",
        cues=(
            rf"\b(?:on|in) the {_DEVICE} (?:is |are |must be )?encrypted\b",
            rf"\bencrypted (?:on|in) the {_DEVICE}\b",
        ),
        mechanisms=(
            Mechanism("client", "cache", "AES-256, the key in the device's own key store"),
            Mechanism("test", "cache", "the storage copied to a computer: nothing readable"),
        ),
    ),
    RulePattern(
        slug="offline.wiped",
        text="After <words> failed attempts the device erases what it holds. What was not sent is "
        "gone then, and the device says so before the last attempt.",
        cues=(
            r"\b(?:erased?|wiped?|deleted?)\b.{0,20}\bafter (?P<near>\w+) (?:failed|wrong) "
            r"(?:[a-z]+ )?(?:attempts|tries|pins?|passwords?)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("client", "cache", "the key is destroyed at attempt <value>, not only files"),
            Mechanism("test", "cache", "one attempt fewer, restarts between the attempts"),
        ),
    ),
    RulePattern(
        slug="offline.battery",
        text="The battery lasts: “<words>”. Nothing polls; what waits is sent in bundles.",
        cues=(r"(?P<words>\bbatter(?:y|ies)\b[^,;]{0,20}\b(?:for|lasts?)\b[^,;]{3,40})",),
        mechanisms=(
            Mechanism("client", "outbox", "sends at most every five minutes unless asked to"),
            Mechanism("test", "battery", "a recorded working day on the oldest device in use"),
        ),
    ),
)
