/** A refusal in words: what happened, and what to do next. */
interface Sentence {
  readonly title: string
  readonly hint: string
}

/**
 * German sentences for the refusals that people meet at a kiosk, by code; in English the edge's own are shown.
 * A code that is missing here falls back to the shared sentences.
 */
export const germanProblems: Readonly<Record<string, Sentence>> = {
  member_unknown: {
    title: 'Diese PIN oder Karte kennen wir nicht.',
    hint: 'Versuchen Sie es noch einmal oder bitten Sie um Hilfe.',
  },
  member_token_expired: {
    title: 'Ihre Anmeldung ist abgelaufen.',
    hint: 'Geben Sie die PIN ein oder halten Sie die Karte noch einmal an den Leser.',
  },
  pin_locked: {
    title: 'Die PIN-Eingabe ist für eine Weile gesperrt.',
    hint: 'Nehmen Sie die Karte oder versuchen Sie es später.',
  },
  busy: { title: 'Gerade werden viele bedient.', hint: 'Versuchen Sie es gleich noch einmal.' },
  stopping: { title: 'Der Standort startet neu.', hint: 'Versuchen Sie es gleich noch einmal.' },
  store_full: {
    title: 'Hier kann kein Verkauf aufgezeichnet werden: Der Speicher ist voll.',
    hint: 'Türen und Ausfahrten gehen weiter. Rufen Sie den Betreiber.',
  },
  store_unavailable: {
    title: 'Hier kann gerade nichts aufgezeichnet werden.',
    hint: 'Versuchen Sie es gleich noch einmal oder rufen Sie den Betreiber.',
  },
  selling_stopped: {
    title: 'Dieser Standort verkauft gerade nicht.',
    hint: 'Türen und Ausfahrten gehen weiter. Rufen Sie den Betreiber.',
  },
  unknown_booking: { title: 'Diese Buchung gibt es hier nicht.', hint: 'Prüfen Sie die Buchungsnummer.' },
  too_early: {
    title: 'Zum Einchecken ist es zu früh.',
    hint: 'Kommen Sie frühestens 15 Minuten vor Beginn wieder.',
  },
  too_late: { title: 'Dafür ist es zu spät.', hint: 'Buchen Sie neu.' },
  not_later: {
    title: 'Das neue Ende ist nicht später als das jetzige.',
    hint: 'Wählen Sie ein späteres Ende.',
  },
  no_extension: { title: 'Diese Verlängerung ist nicht vorgemerkt.', hint: 'Wählen Sie das Ende erneut.' },
  not_checked_in: { title: 'Diese Buchung ist nicht in Gebrauch.', hint: 'Checken Sie zuerst ein.' },
  booking_ended: { title: 'Diese Buchung ist zu Ende.', hint: 'Buchen Sie neu.' },
  not_confirmed: { title: 'Diese Buchung ist noch nicht bezahlt.', hint: 'Bezahlen Sie zuerst.' },
  already_checked_in: { title: 'Diese Buchung ist schon in Gebrauch.', hint: 'Fragen Sie das Personal.' },
  payment_amount: { title: 'Der Betrag deckt den Preis nicht.', hint: 'Werfen Sie den Rest ein.' },
  card_unavailable: {
    title: 'Karten gehen gerade nicht.',
    hint: 'Zahlen Sie bar oder versuchen Sie es gleich noch einmal.',
  },
  unknown_session: {
    title: 'Dazu gibt es keinen offenen Aufenthalt.',
    hint: 'Prüfen Sie Kennzeichen oder Ticket.',
  },
  unknown_ticket: { title: 'Dieses Ticket kennen wir nicht.', hint: 'Prüfen Sie den Code.' },
  ticket_used: { title: 'Dieses Ticket wurde schon benutzt.', hint: 'Versuchen Sie es mit dem Kennzeichen.' },
  ticket_void: { title: 'Dieses Ticket gilt nicht mehr.', hint: 'Versuchen Sie es mit dem Kennzeichen.' },
  already_paid: {
    title: 'Dieser Aufenthalt ist bezahlt.',
    hint: 'Bitte fahren Sie innerhalb der Zeit auf der Quittung aus.',
  },
  quote_expired: { title: 'Der Preis hat sich geändert.', hint: 'Sehen Sie sich den neuen Preis an.' },
  session_ended: {
    title: 'Dieser Aufenthalt ist beendet.',
    hint: 'Sind Sie noch hier, fragen Sie das Personal.',
  },
}
