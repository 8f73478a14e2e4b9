/** Opening hours and prices as the demo writes them down. */
export const everyDay = [1, 2, 3, 4, 5, 6, 7]
export const workDays = [1, 2, 3, 4, 5]
const weekend = [6, 7]

/** The same hours on each of `weekdays`. */
export function hours(weekdays: readonly number[], from: string, to: string) {
  return weekdays.map((weekday) => ({ weekday, from, to }))
}

/** Open around the clock. */
export const always = hours(everyDay, '00:00', '24:00')

const years = Array.from({ length: 12 }, (_, at) => 2025 + at)

/** Closed on Christmas Day, and shorter days around it; everything else stays as on its weekday. */
export const yearEnds = years.flatMap((year) => [
  { date: `${year}-12-24`, name: 'Christmas Eve', hours: [{ from: '08:00', to: '14:00' }] },
  { date: `${year}-12-25`, name: 'Christmas Day', hours: [] },
  { date: `${year}-12-31`, name: 'New Year’s Eve', hours: [{ from: '08:00', to: '14:00' }] },
])

/** Prices in cents: by the started hour on working days, in the evening, and at the weekend. */
export function hourlyTariff(options: {
  readonly name: string
  readonly dayMinor: number
  readonly quietMinor: number
  readonly capMinor: number
}) {
  const steps = (amountMinor: number) => [{ unitMinutes: 30, amountMinor: amountMinor / 2 }]
  return {
    name: options.name,
    version: 1,
    currency: 'EUR',
    taxRatePercent: 19,
    freeMinutes: 0,
    bands: [
      { label: 'Day', weekdays: workDays, from: '07:00', to: '19:00', steps: steps(options.dayMinor) },
      { label: 'Early', weekdays: workDays, from: '00:00', to: '07:00', steps: steps(options.quietMinor) },
      { label: 'Evening', weekdays: workDays, from: '19:00', to: '24:00', steps: steps(options.quietMinor) },
      { label: 'Weekend', weekdays: weekend, from: '00:00', to: '24:00', steps: steps(options.quietMinor) },
    ],
    rolling24hCapMinor: options.capMinor,
  }
}
