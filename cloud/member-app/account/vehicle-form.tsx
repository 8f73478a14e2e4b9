import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { registeredVehicleClassSchema } from '@gatehouse/shared/wire/v1/directory'
import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import { newVehicleId, putVehicle, type Vehicle, vehiclesQuery } from './vehicles.ts'

const classes = registeredVehicleClassSchema.options

/** What was refused, in the reader's words. */
export function ProblemNotice(props: { readonly error: unknown }): ReactNode {
  const problemWords = useProblemWords()
  if (!isProblem(props.error)) return null
  const { title, hint } = problemWords(props.error.problem)
  return (
    <Notice tone="out" title={title}>
      {hint}
    </Notice>
  )
}

/** Plate, class and name of one more vehicle. */
export function VehicleForm(props: { readonly onDone: () => void }): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const [vehicleId] = useState(newVehicleId)
  const [plate, setPlate] = useState('')
  const [name, setName] = useState('')
  const [vehicleClass, setVehicleClass] = useState<Vehicle['vehicleClass']>('car')
  const register = useMutation({
    mutationFn: () =>
      putVehicle(vehicleId, { plate, vehicleClass, ...(name.trim() === '' ? {} : { name: name.trim() }) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: vehiclesQuery.queryKey })
      props.onDone()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        register.mutate()
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('vehicle.plate')}
          description={t('vehicle.plateHint')}
          required
          autoComplete="off"
          autoCapitalize="characters"
          maxLength={20}
          value={plate}
          onChange={(event) => setPlate(event.currentTarget.value.toUpperCase())}
        />
        <Select
          label={t('vehicle.class')}
          allowDeselect={false}
          value={vehicleClass}
          onChange={(value) => setVehicleClass(classes.find((one) => one === value) ?? 'car')}
          data={classes.map((value) => ({ value, label: t(`vehicle.class.${value}`) }))}
        />
        <TextInput
          label={t('vehicle.name')}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNotice error={register.error} />
        <Group>
          <Button type="submit" loading={register.isPending}>
            {t('vehicle.save')}
          </Button>
          <Button variant="default" onClick={props.onDone}>
            {t('vehicle.keep')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
