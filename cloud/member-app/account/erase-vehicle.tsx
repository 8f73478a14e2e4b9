import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { DangerAct } from './danger-act.tsx'
import { eraseVehicle, type Vehicle, vehiclesQuery } from './vehicles.ts'

/** Erases a vehicle after saying what that means. */
export function EraseVehicle(props: { readonly vehicle: Vehicle }): ReactNode {
  const t = useWords()
  const { vehicleId, plate } = props.vehicle
  const named = { plate: plate ?? t('vehicle.unreadable') }
  return (
    <DangerAct
      doIt={t('vehicle.erase')}
      doItNamed={t('vehicle.eraseNamed', named)}
      title={t('vehicle.eraseTitle', named)}
      hint={t('vehicle.eraseHint')}
      leaveIt={t('vehicle.keep')}
      run={() => eraseVehicle(vehicleId)}
      changes={vehiclesQuery.queryKey}
    />
  )
}
