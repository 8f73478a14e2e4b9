import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import { ProblemNotice } from './vehicle-form.tsx'
import { eraseVehicle, type Vehicle, vehiclesQuery } from './vehicles.ts'

/** Erases a vehicle after saying what that means. */
export function EraseVehicle(props: { readonly vehicle: Vehicle }): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const { vehicleId, plate } = props.vehicle
  const erase = useMutation({
    mutationFn: () => eraseVehicle(vehicleId),
    onSuccess: () => client.invalidateQueries({ queryKey: vehiclesQuery.queryKey }),
  })
  const named = { plate: plate ?? t('vehicle.unreadable') }
  return (
    <>
      <Button
        variant="danger"
        aria-label={t('vehicle.eraseNamed', named)}
        onClick={() => setOpen(true)}
        style={{ flex: 'none' }}
      >
        {t('vehicle.erase')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('vehicle.eraseTitle', named)}
        closeButtonProps={{ 'aria-label': t('vehicle.keep') }}
      >
        <Stack gap="md">
          <Text>{t('vehicle.eraseHint')}</Text>
          <ProblemNotice error={erase.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t('vehicle.keep')}
            </Button>
            <Button className="danger-confirm" loading={erase.isPending} onClick={() => erase.mutate()}>
              {t('vehicle.erase')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
