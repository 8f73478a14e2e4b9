import type { VehicleClass } from '@gatehouse/shared/wire/v1/entries'

// Plate Recognizer, "vehicle type": Big Truck, Bus, Motorcycle, Pickup Truck, Sedan, SUV, Van, Unknown.
// Ambulances and the like come as Unknown. Whether a car charges or has a permit no camera can see.
const classes: Readonly<Record<string, VehicleClass>> = {
  motorcycle: 'motorcycle',
  'big truck': 'large',
  bus: 'large',
  van: 'large',
  'pickup truck': 'large',
}

/** The vehicle class that a camera's word means; `undefined` leaves it to the lane. */
export function vehicleClassOf(vehicleType: string | undefined): VehicleClass | undefined {
  return vehicleType === undefined ? undefined : classes[vehicleType.toLowerCase()]
}
