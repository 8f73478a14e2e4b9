/** Shortest and longest plate that is worth matching, after normalisation. */
export const plateLengthMin = 2
export const plateLengthMax = 12

// RULES, Parking: look-alike groups and pairs; pairs are not transitive (EF and FP do not make EP).
const lookAlikeGroups = ['0DOQ', '1I', '2Z', '38B', '5S']
const lookAlikePairs = ['EF', 'FP', 'HK', 'HR', 'HM', 'KR', 'KM', 'TY', 'VY']
const lookAlikes = [...lookAlikeGroups, ...lookAlikePairs]

/** Upper case, accents dropped, only `A–Z0–9` kept; `undefined` when that leaves no usable plate. */
export function normalisePlate(text: string): string | undefined {
  const plate = text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
  return plate.length < plateLengthMin || plate.length > plateLengthMax ? undefined : plate
}

function looksAlike(a: string, b: string): boolean {
  return lookAlikes.some((group) => group.includes(a) && group.includes(b))
}

function isOneLookAlike(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const differing = [...a].flatMap((char, index) => (char === b[index] ? [] : [index]))
  const [only] = differing
  return differing.length === 1 && only !== undefined && looksAlike(a.charAt(only), b.charAt(only))
}

/** True when one substitution, insertion or deletion turns `a` into `b`. */
function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  const skipA = a.length >= b.length ? 1 : 0
  const skipB = b.length >= a.length ? 1 : 0
  return a.slice(start + skipA) === b.slice(start + skipB)
}

/** How certain a match is; the order in which matches are tried. */
export const matchKinds = ['exact', 'look_alike', 'edit'] as const
export type MatchKind = (typeof matchKinds)[number]

const fits: Record<MatchKind, (a: string, b: string) => boolean> = {
  exact: (a, b) => a === b,
  look_alike: isOneLookAlike,
  edit: isOneEdit,
}

/** A plate with what it belongs to; both sides normalised. */
export interface PlateCandidate<Id> {
  readonly id: Id
  readonly plate: string
}

/** One best match, none, or a tie that a person must resolve. */
export type PlateMatch<Id> =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly id: Id; readonly by: MatchKind }
  | { readonly kind: 'tie'; readonly ids: readonly Id[]; readonly by: MatchKind }

/**
 * Matches a normalised read against open sessions: exact, then one look-alike, then one edit (RULES, Parking).
 * The first kind with any match decides; several matches of that kind are a tie, which goes to a person.
 */
export function matchPlate<Id>(read: string, candidates: readonly PlateCandidate<Id>[]): PlateMatch<Id> {
  for (const by of matchKinds) {
    const ids = candidates.filter(({ plate }) => fits[by](read, plate)).map(({ id }) => id)
    const [first] = ids
    if (first === undefined) continue
    return ids.length === 1 ? { kind: 'one', id: first, by } : { kind: 'tie', ids, by }
  }
  return { kind: 'none' }
}

/** Two wrong characters of this many may still be the same plate; shorter ones say too little. */
const misreadLengthMin = 6
const misreadCharactersMax = 2

/**
 * Whether `a` may be a bad read of what stands there already as `b`, wider than `matchPlate`: only for a vehicle that is
 * expected at exactly this place. Both normalised.
 */
export function mayBeMisread(a: string, b: string): boolean {
  const longer = Math.max(a.length, b.length)
  if (longer < misreadLengthMin) return false
  return longer - commonLength(a, b) <= misreadCharactersMax
}

/** The length of the longest common subsequence. */
function commonLength(a: string, b: string): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const char of a) {
    const next = [0]
    for (let index = 0; index < b.length; index += 1) {
      const longest = Math.max(row[index + 1] ?? 0, next[index] ?? 0)
      next.push(char === b[index] ? (row[index] ?? 0) + 1 : longest)
    }
    row = next
  }
  return row[b.length] ?? 0
}
