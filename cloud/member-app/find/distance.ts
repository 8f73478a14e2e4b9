interface Position {
  readonly latitude: number
  readonly longitude: number
}

const earthRadiusMeters = 6_371_000
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Great-circle distance in metres (haversine). */
export function distanceMeters(a: Position, b: Position): number {
  const latitudes = radians(b.latitude - a.latitude) / 2
  const longitudes = radians(b.longitude - a.longitude) / 2
  const part =
    Math.sin(latitudes) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitudes) ** 2
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(part)))
}
