import { always, hours, workDays } from './calendar.ts'
import { row } from './rows.ts'

/** The three plans, alike at both sites. */
export const planRows = [
  row('plan', 'plan-flex', {
    name: 'Flex',
    monthlyMinor: 12_900,
    discountPercent: 10,
    covers: ['hot_desk'],
    access: { doors: 'public', hours: hours(workDays, '07:00', '20:00') },
  }),
  row('plan', 'plan-resident', {
    name: 'Resident',
    monthlyMinor: 29_900,
    discountPercent: 20,
    covers: ['hot_desk', 'desk'],
    access: { doors: 'all', hours: always },
  }),
  row('plan', 'plan-studio', {
    name: 'Studio',
    monthlyMinor: 59_900,
    discountPercent: 30,
    covers: ['hot_desk', 'desk', 'office'],
    access: { doors: 'all', hours: always },
  }),
]
