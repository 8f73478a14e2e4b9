import { type Photo, photoOf } from '@gatehouse/cloud/photos/photo-store'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { drawHouse, type HouseSketch } from './picture.ts'

interface DemoPicture {
  readonly photo: Photo
  readonly text: string
  readonly textIn: { readonly de: string }
}

function picture(text: string, de: string, sketch: HouseSketch): DemoPicture {
  const photo = photoOf(drawHouse(sketch))
  if (photo.ok) return { photo: photo.value, text, textIn: { de } }
  const hint = `The drawing "${text}" cannot be kept.`
  throw new SiteError({ code: photo.error, op: 'demo.picture', hint, retryable: false })
}

/** What each demo site looks like from the street, drawn by `drawHouse`. */
export const demoPictures = {
  'harbour-house': picture(
    'A brick house with three rows of tall windows (drawing)',
    'Ein Backsteinhaus mit drei Reihen hoher Fenster (Zeichnung)',
    {
      sky: [196, 220, 235],
      ground: [92, 104, 112],
      wall: [158, 84, 66],
      window: [240, 228, 190],
      floors: 3,
      windowsPerFloor: 9,
    },
  ),
  'quay-street': picture(
    'A garage of three open decks (drawing)',
    'Ein Parkhaus mit drei offenen Decks (Zeichnung)',
    {
      sky: [222, 226, 230],
      ground: [70, 76, 84],
      wall: [176, 182, 188],
      window: [64, 84, 104],
      floors: 3,
      windowsPerFloor: 4,
    },
  ),
} as const satisfies Readonly<Record<string, DemoPicture>>

/** The pictures of a site as its row names them. */
export function photosOf(
  siteId: keyof typeof demoPictures,
): readonly { sha256: string; text: string; textIn: { readonly de: string } }[] {
  const { photo, text, textIn } = demoPictures[siteId]
  return [{ sha256: photo.sha256, text, textIn }]
}
