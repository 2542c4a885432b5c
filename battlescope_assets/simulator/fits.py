"""What people fly: fits in EFT notation and the doctrines made of them; who flies them and when belongs elsewhere.

A block is one fit: `[hull, name]`, then one line per module, drone, fighter or cargo stack. `xN` repeats a line, and
`module, charge` loads a module. Slots come from the static data, so the order of lines is free.
"""

FITS = """
[Muninn, artillery]
Damage Control II
Gyrostabilizer II x3
Multispectrum Shield Hardener II
Large Shield Extender II x2
50MN Microwarpdrive II
720mm Howitzer Artillery II x4, Republic Fleet EMP M
Medium EM Shield Reinforcer II
Medium Core Defense Field Extender II
Republic Fleet Phased Plasma M x800
Nanite Repair Paste x60

[Cerberus, heavy missile]
Damage Control II
Ballistic Control System II x3
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
Sensor Booster II, Scan Resolution Script
Heavy Missile Launcher II x5, Caldari Navy Scourge Heavy Missile
Medium EM Shield Reinforcer II
Medium Core Defense Field Extender II
Caldari Navy Inferno Heavy Missile x1200
Nanite Repair Paste x80

[Ferox, rail]
Damage Control II
Magnetic Field Stabilizer II x3
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
Sensor Booster II, Targeting Range Script
250mm Railgun II x6, Spike M
Shield Command Burst II, Shield Harmonizing Charge
Medium EM Shield Reinforcer I
Medium Core Defense Field Extender I x2
Caldari Navy Antimatter Charge M x2400

[Hurricane, artillery]
Damage Control II
Gyrostabilizer II x3
Tracking Enhancer II x2
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
720mm Howitzer Artillery II x6, Republic Fleet EMP M
Medium EM Shield Reinforcer I
Medium Core Defense Field Extender I x2
Warrior II x5
Republic Fleet Fusion M x900

[Hurricane, armour]
Damage Control II
Gyrostabilizer II x2
Multispectrum Energized Membrane II x2
1600mm Steel Plates II
50MN Microwarpdrive II
Warp Disruptor II
Stasis Webifier II x2
425mm AutoCannon II x6, Barrage M
Medium Trimark Armor Pump II x3
Warrior II x5
Republic Fleet EMP M x900

[Caracal, rapid light]
Damage Control II
Ballistic Control System II x2
Nanofiber Internal Structure II
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
Rapid Light Missile Launcher II x5, Caldari Navy Inferno Light Missile
Medium EM Shield Reinforcer I
Medium Core Defense Field Extender I x2
Hornet EC-300 x2
Caldari Navy Mjolnir Light Missile x800

[Megathron, rail]
Damage Control II
1600mm Steel Plates II x2
Multispectrum Energized Membrane II x2
Magnetic Field Stabilizer II x2
500MN Microwarpdrive II
Tracking Computer II x2, Optimal Range Script
Large Micro Jump Drive
425mm Railgun II x7, Spike L
Large Trimark Armor Pump I x3
Warrior II x5
Hammerhead II x5
Caldari Navy Antimatter Charge L x1800

[Abaddon, pulse]
Damage Control II
1600mm Steel Plates II x2
Multispectrum Energized Membrane II x2
Heat Sink II x2
500MN Microwarpdrive II
Tracking Computer II, Optimal Range Script
Heavy Capacitor Booster II, Navy Cap Booster 800
Heavy Stasis Grappler II
Mega Pulse Laser II x8, Scorch L
Large Trimark Armor Pump I x3
Warrior II x5
Navy Cap Booster 800 x12

[Sacrilege, heavy assault missile]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II x2
Ballistic Control System II
50MN Microwarpdrive II
Warp Disruptor II
Stasis Webifier II
Medium Capacitor Booster II, Navy Cap Booster 800
Heavy Assault Missile Launcher II x5, Caldari Navy Nova Heavy Assault Missile
Medium Energy Neutralizer II
Medium Trimark Armor Pump II x2
Navy Cap Booster 800 x15
Nanite Repair Paste x120

[Kikimora, kiting]
Damage Control II
Entropic Radiation Sink II x2
Nanofiber Internal Structure II
Medium Shield Extender II
5MN Y-T8 Compact Microwarpdrive
Warp Disruptor II
Light Entropic Disintegrator II, Meson Exotic Plasma S
Small Core Defense Field Extender I x2
Small EM Shield Reinforcer I
Occult S x300

[Loki, artillery]
Damage Control II
Gyrostabilizer II x3
Large Shield Extender II x2
Multispectrum Shield Hardener II x2
50MN Microwarpdrive II
720mm Howitzer Artillery II x6, Republic Fleet EMP M
Loki Core - Augmented Nuclear Reactor
Loki Defensive - Augmented Durability
Loki Offensive - Projectile Scoping Array
Loki Propulsion - Wake Limiter
Medium EM Shield Reinforcer II
Medium Core Defense Field Extender II x2
Republic Fleet Phased Plasma M x1000
Nanite Repair Paste x150

[Proteus, blaster]
Damage Control II
1600mm Steel Plates II x2
Multispectrum Energized Membrane II x2
Magnetic Field Stabilizer II
50MN Microwarpdrive II
Warp Scrambler II
Stasis Webifier II
Heavy Neutron Blaster II x6, Void M
Covert Ops Cloaking Device II
Proteus Core - Augmented Fusion Reactor
Proteus Defensive - Augmented Plating
Proteus Offensive - Hybrid Encoding Platform
Proteus Propulsion - Localized Injectors
Medium Trimark Armor Pump II x3
Hammerhead II x5
Null M x1500

[Leshak, brawl]
Damage Control II
1600mm Steel Plates II x3
Multispectrum Energized Membrane II x2
Entropic Radiation Sink II x2
500MN Microwarpdrive II
Stasis Webifier II
Warp Scrambler II
Heavy Capacitor Booster II, Navy Cap Booster 800
Supratidal Entropic Disintegrator II, Meson Exotic Plasma L
Large Trimark Armor Pump I x3
Heavy Energy Neutralizer II
Occult L x400

[Vedmak, brawl]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II x2
Entropic Radiation Sink II
50MN Microwarpdrive II
Warp Scrambler II
Stasis Webifier II
Heavy Entropic Disintegrator II, Meson Exotic Plasma M
Medium Energy Neutralizer II
Medium Trimark Armor Pump I x3
Occult M x300

[Hound, bomber]
Nanofiber Internal Structure II
Ballistic Control System II
5MN Y-T8 Compact Microwarpdrive
Medium Shield Extender II
Target Painter II
Torpedo Launcher II x3, Caldari Navy Mjolnir Torpedo
Covert Ops Cloaking Device II
Bomb Launcher I, Electron Bomb
Small Core Defense Field Extender I x2

[Scimitar, logistics]
Damage Control II
Capacitor Power Relay II x3
Large Shield Extender II
Multispectrum Shield Hardener II
10MN Afterburner II
Large Remote Shield Booster II x4
Medium EM Shield Reinforcer II
Medium Core Defense Field Extender II
Light Shield Maintenance Bot I x5

[Basilisk, logistics]
Damage Control II
Power Diagnostic System II
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
Large Remote Shield Booster II x4
Large Remote Capacitor Transmitter II x2
Medium EM Shield Reinforcer II
Medium Core Defense Field Extender II
Light Shield Maintenance Bot I x5

[Osprey, logistics]
Damage Control II
Power Diagnostic System II
Large Shield Extender II x2
Multispectrum Shield Hardener II
50MN Microwarpdrive II
Large Remote Shield Booster II x3
Medium EM Shield Reinforcer I
Medium Core Defense Field Extender I x2

[Guardian, logistics]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II x2
10MN Afterburner II
Sensor Booster II, ECCM Script
Large Remote Armor Repairer II x4
Large Remote Capacitor Transmitter II x2
Medium Trimark Armor Pump II x2
Light Armor Maintenance Bot I x5

[Zarmazd, logistics]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II x2
50MN Microwarpdrive II
Medium Capacitor Booster II, Navy Cap Booster 800
Heavy Mutadaptive Remote Armor Repairer II
Medium Trimark Armor Pump II x2

[Sabre, bubbles]
Damage Control II
Nanofiber Internal Structure II
Medium Shield Extender II x2
5MN Y-T8 Compact Microwarpdrive
Warp Scrambler II
200mm AutoCannon II x6, Republic Fleet EMP S
Interdiction Sphere Launcher I, Warp Disrupt Probe
Small EM Shield Reinforcer I
Small Core Defense Field Extender I
Warp Disrupt Probe x20
Nanite Repair Paste x20

[Stiletto, tackle]
Nanofiber Internal Structure II x2
Overdrive Injector System II
Medium Shield Extender II
5MN Y-T8 Compact Microwarpdrive
Warp Disruptor II
Sensor Booster II, Scan Resolution Script
150mm Light AutoCannon II x2, Republic Fleet EMP S
Small Polycarbon Engine Housing I
Small Low Friction Nozzle Joints I

[Huginn, webs]
Damage Control II
Nanofiber Internal Structure II
Large Shield Extender II x2
50MN Microwarpdrive II
Stasis Webifier II x2
Target Painter II
Rapid Light Missile Launcher II x3, Caldari Navy Inferno Light Missile
Medium Core Defense Field Extender II x2
Warrior II x5

[Lachesis, points]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II
50MN Microwarpdrive II
Warp Disruptor II
Warp Scrambler II
Remote Sensor Dampener II x2, Targeting Range Dampening Script
Rapid Light Missile Launcher II x2, Caldari Navy Inferno Light Missile
Medium Trimark Armor Pump II x2
Hammerhead II x5

[Bifrost, boosts]
Damage Control II
Medium Shield Extender II x2
5MN Y-T8 Compact Microwarpdrive
Micro Jump Field Generator
Skirmish Command Burst II, Rapid Deployment Charge
Small Core Defense Field Extender I x2
Rapid Deployment Charge x200

[Damnation, boosts]
Damage Control II
1600mm Steel Plates II x2
Multispectrum Energized Membrane II x2
50MN Microwarpdrive II
Armor Command Burst II x2, Armor Energizing Charge
Heavy Assault Missile Launcher II x3, Caldari Navy Nova Heavy Assault Missile
Medium Trimark Armor Pump II x2
Armor Energizing Charge x400

[Vagabond, kiting]
Damage Control II
Gyrostabilizer II x2
Nanofiber Internal Structure II
Tracking Enhancer II
Large Shield Extender II
50MN Microwarpdrive II
Warp Disruptor II
Large Ancillary Shield Booster, Navy Cap Booster 150
425mm AutoCannon II x5, Barrage M
Medium EM Shield Reinforcer II
Medium Polycarbon Engine Housing II
Warrior II x5
Republic Fleet EMP M x900

[Orthrus, kiting]
Damage Control II
Ballistic Control System II x2
Nanofiber Internal Structure II
Large Shield Extender II x2
50MN Microwarpdrive II
Warp Disruptor II
Republic Fleet Warp Scrambler
Rapid Light Missile Launcher II x5, Caldari Navy Mjolnir Light Missile
Medium Core Defense Field Extender I x3
Warrior II x5

[Svipul, camp]
Damage Control II
Gyrostabilizer II x2
Medium Shield Extender II x2
5MN Y-T8 Compact Microwarpdrive
Warp Scrambler II
280mm Howitzer Artillery II x4, Republic Fleet EMP S
Small EM Shield Reinforcer I
Small Core Defense Field Extender I x2

[Tornado, alpha]
Gyrostabilizer II x3
Tracking Enhancer II
Sensor Booster II x2, Scan Resolution Script
Large Shield Extender II
1400mm Howitzer Artillery II x8, Republic Fleet EMP L
Large Projectile Collision Accelerator I x2

[Catalyst, gank]
Magnetic Field Stabilizer II x3
Warp Scrambler II
Sensor Booster II, Scan Resolution Script
Light Neutron Blaster II x8, Void S
Small Hybrid Collision Accelerator I x2
Small Hybrid Burst Aerator I

[Talos, gank]
Magnetic Field Stabilizer II x4
Nanofiber Internal Structure II
Warp Scrambler II
Sensor Booster II x2, Scan Resolution Script
Neutron Blaster Cannon II x8, Void L
Large Hybrid Collision Accelerator I x3

[Rifter, brawl]
Damage Control II
200mm Steel Plates II
Small Ancillary Armor Repairer, Nanite Repair Paste
1MN Afterburner II
Warp Scrambler II
Stasis Webifier II
200mm AutoCannon II x3, Republic Fleet EMP S
Rocket Launcher II, Mjolnir Rage Rocket
Small Ancillary Current Router I
Small Trimark Armor Pump I x2

[Incursus, brawl]
Damage Control II
200mm Steel Plates II
Small Ancillary Armor Repairer, Nanite Repair Paste
Multispectrum Energized Membrane II
1MN Afterburner II
Warp Scrambler II
Stasis Webifier II
Light Neutron Blaster II x3, Void S
Small Trimark Armor Pump I x3
Hobgoblin II

[Merlin, brawl]
Damage Control II
Magnetic Field Stabilizer II
Medium Shield Extender II
1MN Afterburner II
Warp Scrambler II
Stasis Webifier II
Light Neutron Blaster II x3, Null S
Small EM Shield Reinforcer I
Small Core Defense Field Extender I x2

[Tristan, drones]
Damage Control II
Drone Damage Amplifier II x2
1MN Afterburner II
Warp Scrambler II
Stasis Webifier II
Small Energy Neutralizer II
Light Neutron Blaster II, Void S
Small Trimark Armor Pump I x3
Hobgoblin II x5
Warrior II x3

[Thrasher, artillery]
Gyrostabilizer II x2
Medium Shield Extender II
5MN Y-T8 Compact Microwarpdrive
Warp Disruptor II
280mm Howitzer Artillery II x7, Republic Fleet EMP S
Small EM Shield Reinforcer I
Small Core Defense Field Extender I x2

[Naglfar, dread]
Damage Control II
Gyrostabilizer II x3
Capital Shield Extender I x2
Multispectrum Shield Hardener II x2
Capital Capacitor Booster I, Navy Cap Booster 3200
Quad 3500mm Siege Artillery II x2, Arch Angel EMP XL
Siege Module II
Capital Core Defense Field Extender I x3
Strontium Clathrates x750
Navy Cap Booster 3200 x12

[Revelation, dread]
Damage Control II
Heat Sink II x2
Multispectrum Energized Membrane II x2
25000mm Steel Plates I x2
Capital Capacitor Booster I, Navy Cap Booster 3200
Dual Giga Pulse Laser II x2, Scorch XL
Siege Module II
Capital Trimark Armor Pump I x3
Strontium Clathrates x750

[Apostle, triage]
Damage Control II
Capital Armor Repairer I x2
Multispectrum Energized Membrane II x2
25000mm Steel Plates I
Capital Capacitor Booster I, Navy Cap Booster 3200
Capital Remote Armor Repairer I x3
Triage Module II
Capital Trimark Armor Pump I x3
Strontium Clathrates x600

[Thanatos, fighters]
Damage Control II
Drone Damage Amplifier II x3
Capital Shield Extender I
Multispectrum Shield Hardener II x2
Networked Sensor Array
Fighter Support Unit II x2
Capital Core Defense Field Extender I x3
Firbolg I x24
Dromi I x6
Nanite Repair Paste x200

[Nyx, fighters]
Damage Control II
Drone Damage Amplifier II x3
25000mm Steel Plates I x2
Multispectrum Energized Membrane II
Networked Sensor Array
Fighter Support Unit II x3
Capital Trimark Armor Pump II x3
Firbolg II x36
Cyclops II x30

[Avatar, titan]
Damage Control II
Heat Sink II x3
Multispectrum Energized Membrane II x2
25000mm Steel Plates II x2
Capital Capacitor Booster I, Navy Cap Booster 3200
Dual Giga Pulse Laser II x4, Scorch XL
'Judgment' Electromagnetic Doomsday
Capital Trimark Armor Pump II x3

[Charon, hauler]
Reinforced Bulkheads II x3

[Obelisk, hauler]
Expanded Cargohold II x3

[Rhea, hauler]
Reinforced Bulkheads II x3
Helium Isotopes x9000
Nitrogen Isotopes x9000

[Orca, miner]
Reinforced Bulkheads II x2
Multispectrum Shield Hardener II x2
Large Shield Extender II
Mining Foreman Burst II, Mining Laser Optimization Charge
Large Core Defense Field Extender I x3
Mining Laser Optimization Charge x300

[Mackinaw, miner]
Damage Control II
Mining Laser Upgrade II
Multispectrum Shield Hardener II x2
Medium Shield Extender II
Strip Miner I x2
Medium Core Defense Field Extender I x2
Hobgoblin II x5
Scordite x12000

[Retriever, miner]
Mining Laser Upgrade II x3
Ship Scanner II
Strip Miner I x2
Medium Core Defense Field Extender I x3
Hobgoblin I x5
Veldspar x16000

[Venture, miner]
Mining Laser Upgrade I
Medium Shield Extender I
Miner II x2
Small EM Shield Reinforcer I
Hobgoblin I x2
Veldspar x4000

[Iteron Mark V, hauler]
Expanded Cargohold II x5
Multispectrum Shield Hardener II
5MN Y-T8 Compact Microwarpdrive
Improved Cloaking Device II
Medium Cargohold Optimization I x3

[Badger, hauler]
Expanded Cargohold II x4
Large Shield Extender II
10MN Afterburner II

[Epithal, hauler]
Warp Core Stabilizer II x4
Medium Shield Extender II x2

[Crane, hauler]
Expanded Cargohold II x2
50MN Microwarpdrive II
Covert Ops Cloaking Device II
Medium Hyperspatial Velocity Optimizer I x2

[Bustard, hauler]
Damage Control II
Expanded Cargohold II
Large Shield Extender II x2
Multispectrum Shield Hardener II x2
50MN Microwarpdrive II
Improved Cloaking Device II
Medium Core Defense Field Extender I x2

[Vexor Navy Issue, ratting]
Drone Damage Amplifier II x3
Omnidirectional Tracking Enhancer II
Large Shield Extender II
10MN Afterburner II
Cap Recharger II x2
Drone Link Augmentor II x2
Medium Auxiliary Nano Pump I x3
Hammerhead II x5
Hobgoblin II x5

[Ishtar, ratting]
Drone Damage Amplifier II x3
Medium Armor Repairer II
Multispectrum Energized Membrane II
10MN Afterburner II
Omnidirectional Tracking Link II x2
Drone Link Augmentor II x2
Medium Auxiliary Nano Pump I x2
Ogre II x5
Mobile Depot

[Gila, abyssal]
Drone Damage Amplifier II x2
Damage Control II
Gist X-Type Large Shield Booster
Multispectrum Shield Hardener II x2
10MN Afterburner II
Rapid Light Missile Launcher II x4, Caldari Navy Inferno Light Missile
Medium Core Defense Field Extender II x2
'Augmented' Hammerhead x4
Agitated Dark Filament x2

[Raven, missions]
Ballistic Control System II x3
Damage Control II
Large Shield Booster II
Multispectrum Shield Hardener II x2
Large Shield Extender II
100MN Afterburner II
Cruise Missile Launcher II x6, Caldari Navy Scourge Cruise Missile
Large Core Defense Field Extender I x3
Hobgoblin II x5
Caldari Navy Inferno Cruise Missile x2000

[Golem, missions]
Ballistic Control System II x3
Pithum C-Type Multispectrum Shield Hardener x2
Gist X-Type X-Large Shield Booster
100MN Afterburner II
Target Painter II x2
Bastion Module I
Cruise Missile Launcher II x4, Caldari Navy Scourge Cruise Missile
Large Warhead Rigor Catalyst II x2
Nanite Repair Paste x400

[Heron, explorer]
Nanofiber Internal Structure II
5MN Y-T8 Compact Microwarpdrive
Data Analyzer I
Relic Analyzer I
Core Probe Launcher I, Core Scanner Probe I
Prototype Cloaking Device I
Small Gravity Capacitor Upgrade I x2

[Astero, explorer]
Nanofiber Internal Structure II
Small Armor Repairer II
Data Analyzer II
Relic Analyzer II
5MN Y-T8 Compact Microwarpdrive
Covert Ops Cloaking Device II
Core Probe Launcher II, Sisters Core Scanner Probe
Hobgoblin II x5

[Drake, ratting]
Damage Control II
Ballistic Control System II x3
Large Shield Extender II x2
Multispectrum Shield Hardener II x2
50MN Microwarpdrive II
Heavy Missile Launcher II x6, Caldari Navy Scourge Heavy Missile
Medium Core Defense Field Extender I x3
Hobgoblin II x5

[Ibis, new pilot]
Civilian Gatling Railgun
Civilian Miner

[Caldari Shuttle, empty]

[Astrahus, citadel]
Standup Ballistic Control System II
Standup Layered Armor Plating I
Standup Variable Spectrum ECM I
Standup Stasis Webifier I
Standup Multirole Missile Launcher I x2, Standup Heavy Missile
Standup Point Defense Battery I
Standup Cloning Center I
Standup Market Hub I

[Raitaru, industry]
Standup Signal Amplifier I
Standup Stasis Webifier I
Standup Multirole Missile Launcher I
Standup Manufacturing Plant I
Standup Research Lab I
Standup Invention Lab I

[Athanor, refinery]
Standup Signal Amplifier I
Standup Stasis Webifier I
Standup Multirole Missile Launcher I
Standup Moon Drill I
Standup Reprocessing Facility I

[Fortizar, citadel]
Standup Ballistic Control System II
Standup Layered Armor Plating I x2
Standup Variable Spectrum ECM I
Standup Stasis Webifier I
Standup Anticapital Missile Launcher I x2
Standup Point Defense Battery I
Standup Cloning Center I
Standup Market Hub I

[Ansiblex Jump Bridge, bridge]

[Customs Office, poco]

[Mobile Tractor Unit, loot]

[Mobile Depot, camp]
"""

DOCTRINES = {
    # name: main line, logistics, tackle and support
    "Muninn fleet": (("Muninn",), ("Scimitar",), ("Sabre", "Huginn", "Stiletto", "Bifrost")),
    "Cerberus fleet": (("Cerberus",), ("Basilisk",), ("Sabre", "Huginn", "Stiletto")),
    "Ferox fleet": (("Ferox",), ("Osprey", "Basilisk"), ("Sabre", "Stiletto", "Bifrost")),
    "Hurricane fleet": (("Hurricane",), ("Osprey", "Scimitar"), ("Sabre", "Stiletto")),
    "Caracal fleet": (("Caracal",), ("Osprey",), ("Stiletto", "Sabre")),
    "Megathron fleet": (("Megathron",), ("Guardian",), ("Sabre", "Lachesis", "Damnation")),
    "Abaddon fleet": (("Abaddon",), ("Guardian",), ("Sabre", "Lachesis", "Damnation")),
    "Sacrilege fleet": (("Sacrilege",), ("Guardian",), ("Sabre", "Lachesis", "Huginn")),
    "Kikimora gang": (("Kikimora",), ("Scimitar",), ("Stiletto", "Sabre")),
    "Loki fleet": (("Loki",), ("Scimitar", "Basilisk"), ("Sabre", "Huginn")),
    "wormhole armour": (("Sacrilege", "Proteus", "Leshak"), ("Guardian", "Zarmazd"), ("Sabre", "Lachesis")),
    "Pochven gang": (("Vedmak", "Leshak"), ("Zarmazd",), ("Sabre", "Lachesis")),
    "dread bomb": (("Naglfar", "Revelation"), ("Apostle",), ("Sabre", "Stiletto")),
    "bomber wing": (("Hound",), ("Scimitar",), ("Sabre", "Stiletto")),
    "kiting gang": (("Vagabond", "Orthrus", "Kikimora"), ("Scimitar",), ("Stiletto", "Huginn")),
    "gate camp": (("Svipul", "Tornado", "Proteus"), ("Guardian",), ("Sabre", "Lachesis", "Huginn")),
    "frigate gang": (("Rifter", "Incursus", "Merlin", "Tristan", "Thrasher"), (), ("Stiletto",)),
    "gank squad": (("Catalyst", "Talos", "Tornado"), (), ()),
}
"""Each hull here flies the first of its fits above."""

FLEET_DOCTRINES = tuple(name for name in DOCTRINES if name.endswith("fleet"))
CAPITALS = ("Naglfar", "Revelation", "Apostle", "Thanatos", "Nyx", "Avatar")
STRUCTURES = ("Astrahus", "Raitaru", "Athanor", "Fortizar", "Ansiblex Jump Bridge", "Customs Office")
GANK_VICTIMS = (
    "Charon",
    "Obelisk",
    "Rhea",
    "Orca",
    "Mackinaw",
    "Retriever",
    "Iteron Mark V",
    "Badger",
    "Crane",
    "Bustard",
    "Golem",
)
TRAVELLERS = (
    "Iteron Mark V", "Badger", "Epithal", "Crane", "Heron", "Astero", "Venture", "Drake", "Caracal", "Vexor Navy Issue",
    "Caldari Shuttle", "Rifter", "Stiletto", "Hound",
)  # fmt: skip
"""What strangers fly into camps and roams."""
RATTERS = ("Vexor Navy Issue", "Ishtar", "Raven", "Golem", "Drake", "Gila", "Thanatos")
SOLO = ("Rifter", "Incursus", "Merlin", "Tristan", "Thrasher", "Vagabond", "Orthrus", "Kikimora", "Caracal", "Astero")
NEWCOMERS = ("Ibis", "Venture", "Heron", "Caldari Shuttle", "Epithal", "Mobile Tractor Unit", "Mobile Depot")

BUFFER_HIT_POINTS = {
    # group name: typical hit points worn down before the ship dies
    "Capsule": 450, "Corvette": 900, "Shuttle": 300, "Frigate": 4_500, "Interceptor": 4_000, "Stealth Bomber": 4_500,
    "Destroyer": 7_500, "Interdictor": 13_000, "Tactical Destroyer": 12_000, "Command Destroyer": 16_000,
    "Cruiser": 28_000, "Heavy Assault Cruiser": 52_000, "Logistics": 40_000, "Combat Recon Ship": 36_000,
    "Strategic Cruiser": 88_000, "Combat Battlecruiser": 62_000, "Attack Battlecruiser": 24_000,
    "Command Ship": 130_000, "Battleship": 135_000, "Marauder": 180_000, "Hauler": 14_000, "Blockade Runner": 12_000,
    "Deep Space Transport": 70_000, "Freighter": 380_000, "Jump Freighter": 520_000, "Mining Barge": 24_000,
    "Exhumer": 50_000, "Industrial Command Ship": 300_000, "Dreadnought": 2_400_000, "Force Auxiliary": 3_100_000,
    "Carrier": 2_200_000, "Supercarrier": 17_000_000, "Titan": 36_000_000, "Citadel": 11_000_000,
    "Engineering Complex": 9_000_000, "Refinery": 9_500_000, "Upwell Jump Bridge": 6_000_000,
    "Orbital Infrastructure": 5_000_000,
}  # fmt: skip
TYPICAL_HIT_POINTS = 9_000
"""For groups not listed above."""
