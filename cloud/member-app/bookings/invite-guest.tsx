import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'
import { GuestLink } from './guest-link.tsx'
import { digestOf, guestAnswerSchema, guestsPath, guestsQuery, keepSecret, newGuestSecret } from './guests.ts'

const nameCharsMax = 60

interface InviteProps {
  readonly bookingId: string
  readonly timeZone: string
  /** What the guest is invited to, in words that go with the link. */
  readonly about: string
}

function Inviting(props: InviteProps & { readonly onClose: () => void }): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const { bookingId, timeZone, about } = props
  const [secret] = useState(newGuestSecret)
  const [name, setName] = useState('')
  const [isInvited, setInvited] = useState(false)
  const wish = useWish(guestAnswerSchema, ({ guestId }) => {
    setInvited(true)
    void keepSecret(guestId, secret).then(() =>
      client.invalidateQueries({ queryKey: guestsQuery(bookingId).queryKey }),
    )
  })
  const send = async () => {
    const body = {
      secretDigest: await digestOf(secret),
      ...(name.trim() === '' ? {} : { name: name.trim() }),
    }
    wish.send({ path: guestsPath(bookingId), body })
  }
  if (!window.isSecureContext) {
    return (
      <Notice tone="held" title={t('guests.unsupported')}>
        {t('guests.unsupportedHint')}
      </Notice>
    )
  }
  if (isInvited) return <GuestLink secret={secret} about={about} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Stack gap="md">
        <Text>{t('guests.inviteHint')}</Text>
        <TextInput
          label={t('guests.name')}
          description={t('guests.nameHint')}
          autoComplete="off"
          maxLength={nameCharsMax}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {wish.refusal ? <Refusal problem={wish.refusal.problem} timeZone={timeZone} /> : null}
        <div className="gh-choices">
          <Button variant="default" onClick={props.onClose}>
            {t('guests.notNow')}
          </Button>
          <Button type="submit" loading={wish.busy}>
            {t('guests.make')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}

/**
 * Invites one more guest: a name if the member likes, then the link, which only this device knows. The last guest’s link is
 * still shown when there is room for no other.
 */
export function InviteGuest(props: InviteProps & { readonly isFull: boolean }): ReactNode {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      {props.isFull ? null : (
        <Button
          variant="default"
          leftSection={<IconUserPlus size={20} aria-hidden />}
          onClick={() => setOpen(true)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('guests.invite')}
        </Button>
      )}
      <Modal
        opened={open}
        onClose={close}
        title={t('guests.invite')}
        closeButtonProps={{ 'aria-label': t('guests.close') }}
      >
        <Inviting {...props} onClose={close} />
      </Modal>
    </>
  )
}
