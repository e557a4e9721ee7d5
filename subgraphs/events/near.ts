import { BadUserInput } from '@guildhall/kit/errors'
import { and, between, or, type SQL, sql } from 'drizzle-orm'
import type { GeoCircleInput } from './generated/graphql.ts'
import { events } from './tables.ts'

const earthRadiusMeters = 6_371_008.8
const metersPerDegree = (Math.PI * earthRadiusMeters) / 180
const radiusMax = 500_000

/**
 * Events on the map within a circle: a box that the index can answer, then the distance on the sphere.
 *
 * @throws BadUserInput for places that are not on Earth and circles that are too large.
 */
export function within({ center, radiusMeters }: GeoCircleInput): SQL | undefined {
  const { latitude, longitude } = center
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    throw new BadUserInput('"center" must lie between -90 and 90, -180 and 180 degrees.')
  if (radiusMeters < 1 || radiusMeters > radiusMax)
    throw new BadUserInput(`"radiusMeters" must be between 1 and ${radiusMax}.`)
  const [north, east] = [sql`${latitude}::float8`, sql`${longitude}::float8`]
  const distance = sql`2 * ${earthRadiusMeters}::float8 * asin(least(1, sqrt(
    power(sin(radians(${events.latitude} - ${north}) / 2), 2)
    + cos(radians(${north})) * cos(radians(${events.latitude})) * power(sin(radians(${events.longitude} - ${east}) / 2), 2))))`
  return and(boxAround(latitude, longitude, radiusMeters), sql`${distance} <= ${radiusMeters}::float8`)
}

/** A little larger than the circle. Near a pole a circle has every longitude; across the 180th meridian it has two parts. */
function boxAround(latitude: number, longitude: number, radiusMeters: number): SQL | undefined {
  const tall = (radiusMeters / metersPerDegree) * 1.001
  const inHeight = between(events.latitude, latitude - tall, latitude + tall)
  const reach = Math.abs(latitude) + tall
  if (reach >= 89) return inHeight
  const wide = tall / Math.cos((reach * Math.PI) / 180)
  const [west, east] = [longitude - wide, longitude + wide]
  return and(
    inHeight,
    or(
      between(events.longitude, west, east),
      west < -180 ? between(events.longitude, west + 360, 180) : undefined,
      east > 180 ? between(events.longitude, -180, east - 360) : undefined,
    ),
  )
}
