/** Ways to a place: one for a map program of the device, one for a browser. */
export interface MapLinks {
  /** RFC 5870; desktops and some telephones have nothing that opens it. */
  readonly device: string
  /** A page of OpenStreetMap with the place marked. */
  readonly page: string
}

const zoom = 17

/** The links that show a position; degrees, at most six decimals (a tenth of a metre). */
export function mapLinks(position: { readonly latitude: number; readonly longitude: number }): MapLinks {
  const latitude = degrees(position.latitude)
  const longitude = degrees(position.longitude)
  return {
    device: `geo:${latitude},${longitude}?q=${latitude},${longitude}`,
    page: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=${zoom}/${latitude}/${longitude}`,
  }
}

// Small numbers would otherwise be written with an exponent, which no map reads.
function degrees(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '')
}
