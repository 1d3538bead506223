"""The rules of devices: those that somebody trusts, and those that are new."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import DURATION

_DEVICE = r"(?:device|browser|computer|phone|machine)"

SIGN_IN_DEVICE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="sign-in.remembered-device",
        text="A device that somebody trusts is not asked for the second factor for <words>; they "
        "see these devices and take them back.",
        cues=(
            rf"\bremember\w* (?:this |the |my |an? |your |their )?{_DEVICE}s?\b[^;.]{{0,30}}?"
            rf"{DURATION}",
            rf"\btrust(?:ed|s)? (?:this |the |my |an? |your |their )?{_DEVICE}s?\b[^;.]{{0,40}}?"
            rf"{DURATION}",
            rf"\b{_DEVICE}s? (?:is|are|stays?|can be) (?:remembered|trusted)(?: for)? {DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "trusted_devices_time", "CHECK: <value> at most"),
            Mechanism("interface", "confirmSecondFactor", "a cookie of its own, random, as a hash"),
            Mechanism(
                "test", "signIn", "one second late; after a reset of the factor; another person"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "trusted_device",
                    summary="A device on which somebody is not asked for the second factor.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("token_hash", "text", unique=True),
                        Field("device", "text", personal=True),
                        Field("expires_at", "moment"),
                    ),
                    constraints=(
                        Constraint(
                            "trusted_devices_time",
                            "check",
                            '"expires_at" <= "created_at" + interval \'<value>\'',
                            "sign-in.remembered-device",
                        ),
                    ),
                    indexes=(
                        Index(
                            "trusted_devices_ended", '"expires_at"', serves="purge-trusted-devices"
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listTrustedDevices",
                    "List the devices that the caller trusts",
                    "trusted_device",
                    "GET",
                    "/me/trusted-devices",
                    page="Account security",
                    permission="own",
                    many=True,
                ),
                Action(
                    "forgetDevice",
                    "Stop trusting a device",
                    "trusted_device",
                    "DELETE",
                    "/me/trusted-devices/{trusted_device_id}",
                    page="Account security",
                    permission="own",
                    rules=("sign-in.remembered-device",),
                ),
            ),
            jobs=(
                Job(
                    "purge-trusted-devices",
                    "every night",
                    "Deletes trusted devices whose time is over.",
                    "one is two days past its end",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.new-device",
        text="A sign-in from a device that was not seen before is told by e-mail at once.",
        cues=(
            r"\b(?:new|unknown|unrecogni[sz]ed|other|strange) (?:device|browser|computer|place|"
            r"country|location)s?\b[^;.]{0,50}\b(?:e-?mails?|mails?|notif\w+|told|alert\w*|warn\w*|"
            r"informed|message)\b",
            r"\b(?:e-?mails?|mails?|notif\w+|told|alert\w*|warn\w*|informed|message)\b[^;.]{0,50}\b"
            r"(?:new|unknown|unrecogni[sz]ed) (?:device|browser|computer|place|country|"
            r"location)s?\b",
        ),
        mechanisms=(
            Mechanism("interface", "signIn", "compares with the sessions of the last 90 days"),
            Mechanism("test", "signIn", "the first one ever, a new browser, the same one again"),
        ),
    ),
)
