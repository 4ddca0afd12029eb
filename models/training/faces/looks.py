"""The people: four shipped presenters and the training-only identities. None is modelled on a real person."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """What a person is made of; names are files of the MakeHuman kit, colours are linear RGB."""
    sex: str
    race: dict
    old: float                             # 0 is about 25 years, 1 about 90
    skin: str
    hair: str
    hair_colour: tuple
    eye: str
    brow: str
    lash: str
    cloth: str
    cloth_colour: tuple = (1.0, 1.0, 1.0)
    cloth_flat: float = 0.0                # how much of the cloth's stripes and prints is taken away
    skin_gain: tuple = (1.0, 1.0, 1.0)
    skin_colour: float = 1.06              # saturation
    skin_mean: tuple = (.55, .36, .27)     # for the light that bounces under the skin
    gloss: tuple = (1.0, .46, 1.0)         # highlights' gain; redness from which a spot counts as lip; how much lips shine
    iris: tuple = (1.0, 1.0, 1.0)
    brow_colour: tuple = (.05, .03, .02)
    lash_opacity: float = 1.0
    strand: tuple = (0, -1, -.3)           # where the hair is combed to
    backdrop: int = 0
    detail: dict = field(default_factory=dict)
    resting: dict = field(default_factory=lambda: {"mouthSmileLeft": .30, "mouthSmileRight": .30, "mouthClose": .04,
                                                   "cheekSquintLeft": .18, "cheekSquintRight": .18, "eyeWideLeft": .12, "eyeWideRight": .12})


def both(**weights):
    """{"eyes_scale_incr": w} style detail for left and right: both(**{"eyes/eye-scale-incr": .1})."""
    out = {}
    for name, weight in weights.items():
        folder, item = name.split("/")
        out.update({f"{folder}/{side}-{item}": weight for side in "lr"})
    return out


LOOKS = {
    "mara": Look(
        "female", dict(caucasian=.64, asian=.24, african=.12), .06, "young_lightskinned_female3", "long01", (.048, .025, .015),
        "brown", "eyebrow001", "eyelashes01", "female_elegantsuit01", (.10, .26, .30), 1.0,
        skin_gain=(.92, .88, .86), iris=(.55, .85, .60), brow_colour=(.045, .026, .018),
        detail={"head/head-oval": .40, "head/head-fat-decr": .10, "chin/chin-triangle": .20, "chin/chin-jaw-drop-decr": .15,
                **both(**{"eyes/eye-scale-incr": .16, "cheek/cheek-bones-incr": .25}),
                "mouth/mouth-upperlip-volume-incr": .25, "mouth/mouth-lowerlip-volume-incr": .25, "mouth/mouth-angles-up": .25,
                "nose/nose-scale-horiz-decr": .25, "neck/neck-scale-horiz-decr": .35, "neck/neck-scale-depth-decr": .2,
                "forehead/forehead-scale-vert-decr": .7, "eyebrows/eyebrows-angle-up": .2, "torso/torso-scale-horiz-decr": .25}),
    "jonas": Look(
        "male", dict(caucasian=.70, asian=.12, african=.18), .14, "young_lightskinned_male2", "short02", (.050, .030, .018),
        "grey", "eyebrow001", "eyelashes04", "male_casualsuit05", (.16, .19, .24), .92,
        skin_gain=(.90, .86, .84), iris=(.42, .46, .50), brow_colour=(.05, .03, .02), lash_opacity=.5, strand=(0, -.5, 1), backdrop=1,
        detail={"head/head-rectangular": .20, "chin/chin-width-incr": .2, "mouth/mouth-scale-horiz-incr": .1, "mouth/mouth-angles-up": .3,
                "nose/nose-hump-incr": .1, "forehead/forehead-scale-vert-decr": .5, "neck/neck-scale-horiz-decr": .25,
                "eyebrows/eyebrows-trans-up": .2, **both(**{"eyes/eye-scale-incr": .14})}),
    "nia": Look(
        "female", dict(caucasian=.20, asian=.10, african=.70), .10, "middleage_darkskinned_female", "ponytail01", (.014, .010, .009),
        "brown", "eyebrow001", "eyelashes01", "male_casualsuit02", (.55, .26, .09), 1.0,
        skin_gain=(1.85, 1.95, 2.05), skin_colour=.70, skin_mean=(.20, .12, .08), gloss=(.9, .60, .6), iris=(.38, .52, .38), brow_colour=(.010, .008, .007),
        strand=(0, .1, -1), backdrop=2,
        detail={"head/head-oval": .45, "head/head-fat-decr": .15, "chin/chin-triangle": .25, "chin/chin-width-decr": .35, "chin/chin-jaw-drop-decr": .2,
                **both(**{"eyes/eye-scale-incr": .19, "cheek/cheek-bones-incr": .35}), "mouth/mouth-scale-horiz-decr": .15,
                "mouth/mouth-angles-up": .35, "nose/nose-scale-horiz-decr": .35, "neck/neck-scale-horiz-decr": .4,
                "forehead/forehead-scale-vert-decr": .9, "torso/torso-scale-horiz-decr": .25}),
    "kenji": Look(
        "male", dict(caucasian=.22, asian=.76, african=.02), .42, "middleage_lightskinned_male2", "short04", (.16, .15, .145),
        "brown", "eyebrow001", "eyelashes04", "male_elegantsuit01", (.75, .80, .95), 0.0,
        skin_gain=(.88, .84, .80), iris=(.38, .52, .38), brow_colour=(.06, .055, .05), lash_opacity=.45, strand=(0, -.2, -1), backdrop=3,
        detail={"head/head-square": .15, "head/head-fat-incr": .05, "mouth/mouth-angles-up": .35, "neck/neck-scale-horiz-decr": .2,
                "forehead/forehead-scale-vert-decr": .8, "eyebrows/eyebrows-angle-up": .8, **both(**{"eyes/eye-scale-incr": .18})}),
    "train1": Look(
        "female", dict(caucasian=.15, asian=.80, african=.05), .10, "community_young_eurasian_female", "short01", (.03, .02, .018),
        "brown", "eyebrow005", "eyelashes02", "female_elegantsuit01", (.6, .55, .5), 1.0, iris=(.6, .55, .5), backdrop=2, detail={"head/head-round": .3}),
    "train2": Look(
        "male", dict(caucasian=.05, asian=.05, african=.90), .20, "young_darkskinned_male", "short01", (.016, .012, .010),
        "brown", "eyebrow001", "eyelashes04", "male_worksuit01", (.5, .5, .55), .5,
        skin_gain=(1.9, 1.8, 1.8), skin_colour=.8, skin_mean=(.20, .11, .07), gloss=(.8, .6, .6), iris=(.5, .45, .4), lash_opacity=.5, backdrop=3, detail={"chin/chin-width-incr": .2}),
    "train3": Look(
        "female", dict(caucasian=.9, asian=.05, african=.05), .35, "middleage_lightskinned_female2", "long01", (.40, .27, .14),
        "blue", "eyebrow003", "eyelashes03", "female_casualsuit01", (.35, .42, .30), 1.0, brow_colour=(.14, .09, .05), backdrop=1, detail={"head/head-oval": .5}),
    "train4": Look(
        "male", dict(caucasian=.8, asian=.1, african=.1), .55, "old_lightskinned_male2", "short02", (.30, .28, .26),
        "grey", "eyebrow010", "eyelashes04", "male_casualsuit04", (.4, .4, .45), .9, brow_colour=(.14, .13, .12), lash_opacity=.4,
        strand=(0, -.5, 1), backdrop=2, detail={"head/head-square": .3}),
    "train5": Look(
        "female", dict(caucasian=.10, asian=.05, african=.85), .60, "old_darkskinned_female", "bob02", (.10, .095, .09),
        "brown", "eyebrow002", "eyelashes01", "female_sportsuit01", (.30, .18, .34), 1.0,
        skin_gain=(1.7, 1.7, 1.75), skin_colour=.8, skin_mean=(.20, .12, .08), gloss=(.9, .6, .6), iris=(.5, .45, .4), brow_colour=(.05, .045, .04), backdrop=0, detail={"head/head-round": .25}),
    "train6": Look(
        "male", dict(caucasian=.25, asian=.15, african=.60), .30, "middleage_darkskinned_male", "short03", (.012, .010, .009),
        "brownlight", "eyebrow008", "eyelashes04", "male_casualsuit03", (.22, .30, .42), .9,
        skin_gain=(1.6, 1.6, 1.6), skin_colour=.85, skin_mean=(.26, .16, .11), gloss=(.9, .58, .6), lash_opacity=.5, strand=(0, -.4, 1), backdrop=1, detail={"chin/chin-width-incr": .3}),
    "train7": Look(
        "female", dict(caucasian=.85, asian=.10, african=.05), .08, "young_lightskinned_female2", "ponytail01", (.26, .10, .04),
        "green", "eyebrow006", "eyelashes03", "female_casualsuit01", (.12, .16, .40), 1.0, skin_gain=(.94, .92, .92), iris=(.7, .85, .7), brow_colour=(.13, .06, .03),
        strand=(0, .1, -1), backdrop=3, detail={"head/head-triangular": .3}),
    "train8": Look(
        "male", dict(caucasian=.10, asian=.88, african=.02), .10, "young_lightskinned_male", "short03", (.02, .016, .014),
        "brown", "eyebrow011", "eyelashes04", "male_casualsuit06", (.42, .12, .12), .9, skin_gain=(.92, .87, .82), iris=(.4, .4, .35), lash_opacity=.5,
        strand=(0, -.4, 1), backdrop=0, detail={"head/head-oval": .3}),
}
SHIPPED = ("mara", "jonas", "nia", "kenji")
DISPLAY = {"mara": "Mara", "jonas": "Jonas", "nia": "Nia", "kenji": "Kenji"}
DESCRIPTION = {
    "mara": "A woman of about 28 with long brown hair, in a green shirt.",
    "jonas": "A young man with short hair and light eyes, in a dark jacket.",
    "nia": "A woman with dark skin and tied-back hair, in an ochre sweater.",
    "kenji": "A man in his fifties with grey hair, in a suit and tie.",
}
