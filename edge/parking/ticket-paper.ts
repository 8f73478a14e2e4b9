import type { SessionId } from '@gatehouse/shared/ids/ids'
import { type PaperIssuer, signedTicket } from '@gatehouse/shared/passes/sign-paper'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Paper } from '../devices/ports/printer.ts'

/**
 * The paper of a ticket: the site, its code to type, when it was taken, and a code to scan, which is the signed ticket where
 * the site signs. Both languages of the screens stand on it, for nobody has chosen one yet.
 */
export function ticketPaper(
  site: Pick<DirectoryBody<'site'>, 'name' | 'timeZone'>,
  stay: { readonly ticket: string; readonly sessionId: SessionId; readonly arrivedMs: number },
  papers: PaperIssuer | undefined,
): Paper {
  const { ticket, sessionId, arrivedMs } = stay
  const at = new Intl.DateTimeFormat('de-DE', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: site.timeZone,
  }).format(arrivedMs)
  return {
    title: site.name,
    lines: [
      `Ticket / Parkticket: ${ticket}`,
      `In / Einfahrt: ${at}`,
      'Pay at the kiosk before you leave.',
      'Vor der Ausfahrt am Automaten zahlen.',
    ],
    code: papers ? signedTicket(papers, { sessionId, arrivedMs }) : ticket,
  }
}
