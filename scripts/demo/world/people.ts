/** A demo member with everything that would be secret about a real one. */
export interface DemoMember {
  readonly memberId: string
  readonly displayName: string
  readonly email: string
  readonly planId: 'plan-flex' | 'plan-resident' | 'plan-studio' | undefined
  /** The number that the member's card sends. */
  readonly card: string
  readonly pin: string
  /** Absent for members without a car. */
  readonly plate: string | undefined
  readonly vehicleId: string
}

const firstNames = (
  'Ada Bo Cleo Dara Edda Finn Gus Hedy Ines Jory Kit Lena Moss Nell Olan Pia Quin Rhea Sol Tove ' +
  'Uma Vito Wren Xenia Yann Zora Alba Bram Cora Dov Elin Fritz Gita Hugo Ilse Juno Karl Lotte Mika Nora ' +
  'Otto Petra Rolf Suse Timo Ulla Veit Wanda Arno Bela Carla Dirk Emmy Falk Greta Hanno Inka Jonas Kaja Lars'
).split(' ')
const lastNames =
  'Anchor Bollard Capstan Davit Eddy Fender Gunwale Halyard Inlet Jetty Keel Lantern Mooring Nautilus Oarlock'.split(
    ' ',
  )
const planByPlace = [
  'plan-resident',
  'plan-flex',
  undefined,
  'plan-flex',
  'plan-resident',
  undefined,
  'plan-studio',
  undefined,
] as const

const twoDigits = (value: number) => String(value).padStart(2, '0')

/** Sixty people who do not exist; the surnames are things found in a harbour. */
export const demoMembers: readonly DemoMember[] = firstNames.map((first, index) => {
  const last = lastNames[index % lastNames.length] ?? 'Anchor'
  return {
    memberId: `m-${twoDigits(index + 1)}`,
    displayName: `${first} ${last} (demo)`,
    email: index === 0 ? 'member@demo.example' : `${first}.${last}@demo.example`.toLowerCase(),
    planId: planByPlace[index % planByPlace.length],
    card: String(10_000_000 + (index + 1) * 7919),
    pin: String(4000 + (index + 1) * 37),
    plate: index % 2 === 0 ? `DEMO ${200 + index}` : undefined,
    vehicleId: `veh-${twoDigits(index + 1)}`,
  }
})

/** The people who log in to the cloud; every password of the demo is the same. */
export const demoPassword = 'harbour-demo-1'
export const demoLogins = [
  {
    email: 'member@demo.example',
    name: demoMembers[0]?.displayName ?? '',
    role: 'member',
    memberId: 'm-01',
    siteIds: [],
  },
  {
    email: 'harbour@demo.example',
    name: 'Marlo Pilot (demo)',
    role: 'site_manager',
    memberId: undefined,
    siteIds: ['harbour-house'],
  },
  {
    email: 'garage@demo.example',
    name: 'Sunna Wharf (demo)',
    role: 'site_manager',
    memberId: undefined,
    siteIds: ['quay-street'],
  },
  {
    email: 'hq@demo.example',
    name: 'Iver Beacon (demo)',
    role: 'hq',
    memberId: undefined,
    siteIds: ['harbour-house', 'quay-street'],
  },
] as const
