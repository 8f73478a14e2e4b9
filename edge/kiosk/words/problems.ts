import type { ProblemWords } from '@gatehouse/shared/ui/german-problems.ts'

// A code that cannot be read or believed may have been a pass, a ticket or a receipt.
const unreadable = {
  title: 'Dieser Code ist nicht lesbar.',
  hint: 'Zeigen Sie ihn so, wie er in der App oder auf dem Papier steht.',
}
const ofAnotherVersion = {
  title: 'Diesen Code kann der Standort noch nicht lesen.',
  hint: 'Aktualisieren Sie die App oder fragen Sie das Personal.',
}
const openAgain = 'Öffnen Sie ihn in der App noch einmal oder fragen Sie das Personal.'
const passCopied = {
  title: 'Das ist die Kopie eines Passes.',
  hint: 'Zeigen Sie die Pass-Seite der App selbst.',
}

/**
 * German sentences for the refusals that people meet at a kiosk, by code; in English the edge's own are shown.
 * A code that is missing here falls back to the shared sentences.
 */
export const germanKioskProblems: ProblemWords = {
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
  lent: {
    title: 'Diesen Platz verkauft zu dieser Zeit die Mitglieder-App.',
    hint: 'Wählen Sie eine der anderen Möglichkeiten oder buchen Sie ihn in der App.',
  },
  lending_stopped: {
    title:
      'Dieser Platz wird hier gerade nicht verkauft: Der Standort gleicht seine Bücher mit der Zentrale ab.',
    hint: 'Wählen Sie einen anderen Platz oder versuchen Sie es in ein paar Minuten.',
  },
  decided_by_cloud: {
    title: 'Diese Buchung wurde in der Mitglieder-App gemacht.',
    hint: 'Bezahlen, ändern oder stornieren Sie sie in der App.',
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
  not_checked_in: { title: 'Diese Buchung ist nicht in Gebrauch.', hint: 'Checken Sie zuerst ein.' },
  already_checked_in: { title: 'Diese Buchung ist schon in Gebrauch.', hint: 'Fragen Sie das Personal.' },
  payment_amount: { title: 'Der Betrag deckt den Preis nicht.', hint: 'Werfen Sie den Rest ein.' },
  card_unavailable: {
    title: 'Karten gehen gerade nicht. Es wurde nichts abgebucht.',
    hint: 'Zahlen Sie bar; was Ihr Tarif enthält, kostet nichts. Ihre Vormerkung läuft weiter.',
  },
  unknown_session: {
    title: 'Dazu gibt es keinen offenen Aufenthalt.',
    hint: 'Prüfen Sie Kennzeichen oder Ticket.',
  },
  unknown_ticket: { title: 'Dieses Ticket kennen wir nicht.', hint: 'Prüfen Sie den Code.' },
  ticket_used: { title: 'Dieses Ticket wurde schon benutzt.', hint: 'Versuchen Sie es mit dem Kennzeichen.' },
  ticket_void: { title: 'Dieses Ticket gilt nicht mehr.', hint: 'Versuchen Sie es mit dem Kennzeichen.' },
  attendant_needed: {
    title: 'Das muss sich eine Person ansehen.',
    hint: 'Wählen Sie auf der Startseite Hilfe und dann Hilfe rufen.',
  },
  no_parking: {
    title: 'An diesem Standort wird nicht geparkt.',
    hint: 'Fragen Sie dort, wo das Fahrzeug steht.',
  },
  already_paid: {
    title: 'Dieser Aufenthalt ist bezahlt.',
    hint: 'Bitte fahren Sie innerhalb der Zeit auf der Quittung aus.',
  },
  quote_expired: { title: 'Der Preis hat sich geändert.', hint: 'Sehen Sie sich den neuen Preis an.' },
  session_ended: {
    title: 'Dieser Aufenthalt ist beendet.',
    hint: 'Sind Sie noch hier, fragen Sie das Personal.',
  },
  door_needed: { title: 'Dieser Kiosk gehört zu keiner Tür.', hint: 'Rufen Sie den Betreiber.' },
  pass_malformed: unreadable,
  pass_truncated: { title: 'Ein Teil des Codes fehlt.', hint: 'Halten Sie den ganzen Code ins Bild.' },
  pass_too_long: unreadable,
  pass_version_unknown: ofAnotherVersion,
  pass_algorithm_unknown: ofAnotherVersion,
  pass_kind_unknown: ofAnotherVersion,
  pass_key_unknown: { title: 'Dieser Code ist nicht von uns.', hint: openAgain },
  pass_forged: { title: 'Dieser Code ist nicht echt.', hint: openAgain },
  pass_not_presented: passCopied,
  presentation_forged: passCopied,
  pass_foreign: {
    title: 'Dieser Code gilt an einem anderen Standort.',
    hint: 'Neben dem Code steht, wo er gilt.',
  },
  pass_key_retired: {
    title: 'Dieser Code ist zu alt.',
    hint: 'Öffnen Sie ihn in der App noch einmal, während Sie online sind.',
  },
  pass_revoked: {
    title: 'Dieser Pass wurde zurückgenommen.',
    hint: 'Holen Sie in der App einen neuen oder fragen Sie das Personal.',
  },
  clock_untrusted: {
    title: 'Dieser Standort kennt gerade die Uhrzeit nicht.',
    hint: 'Nehmen Sie Karte oder PIN oder fragen Sie das Personal.',
  },
  pass_from_future: {
    title: 'Dieser Code ist von später als jetzt.',
    hint: 'Prüfen Sie die Uhr Ihres Telefons.',
  },
  pass_not_yet_valid: {
    title: 'Dieser Pass gilt noch nicht.',
    hint: 'Sehen Sie auf dem Pass nach, wann er beginnt.',
  },
  pass_expired: {
    title: 'Dieser Pass ist abgelaufen.',
    hint: 'Öffnen Sie ihn in der App, während Sie online sind.',
  },
  presentation_expired: {
    title: 'Dieser Code ist alt.',
    hint: 'Zeigen Sie die Pass-Seite selbst, kein Bild davon.',
  },
  presentation_early: {
    title: 'Die Uhr Ihres Telefons geht vor.',
    hint: 'Stellen Sie sie nach dem Netz und versuchen Sie es noch einmal.',
  },
  presentation_used: {
    title: 'Dieser Code wurde gerade benutzt.',
    hint: 'Warten Sie auf den nächsten, höchstens eine halbe Minute.',
  },
  pass_used: { title: 'Dieser Pass wurde schon benutzt.', hint: 'Fragen Sie das Personal.' },
  no_booking_receipt: {
    title: 'Das ist kein Beleg einer Buchung.',
    hint: 'Zeigen Sie den Code des Belegs in der App.',
  },
  pass_not_for_doors: {
    title: 'Das ist ein Parkschein oder ein Beleg.',
    hint: 'Er öffnet keine Tür. Zeigen Sie Ihren Pass oder Ihre Karte.',
  },
  pass_other_door: {
    title: 'Dieser Pass öffnet diese Tür nicht.',
    hint: 'Sehen Sie auf dem Pass nach, für welche Türen er gilt.',
  },
  booking_unknown: {
    title: 'Diese Buchung ist hier noch nicht angekommen.',
    hint: 'Fragen Sie das Personal oder nehmen Sie die Karte.',
  },
  loan_ended: {
    title: 'Diese Buchung wurde verkauft, als der Standort den Platz schon zurückhatte.',
    hint: 'Fragen Sie das Personal oder sehen Sie die Buchung in der App an.',
  },
  outside_loan: {
    title: 'Diese Buchung gilt für eine Zeit, die der Standort nicht verliehen hat.',
    hint: 'Fragen Sie das Personal oder sehen Sie die Buchung in der App an.',
  },
  booking_displaced: {
    title: 'Diesen Platz hat zu dieser Zeit schon jemand.',
    hint: 'Fragen Sie das Personal nach einem gleichen Platz; die Buchung wird voll erstattet.',
  },
  booking_not_in_force: {
    title: 'Diese Buchung ist vorbei oder wurde storniert.',
    hint: 'Sehen Sie in der App nach.',
  },
  lockdown: {
    title: 'Der Standort ist abgeriegelt: niemand wird eingelassen.',
    hint: 'Hinaus kommen Sie immer. Warten Sie auf das Personal.',
  },
  credits_not_yours: {
    title: 'Mit Guthaben zahlt man nur eigene Buchungen.',
    hint: 'Melden Sie sich mit Karte oder PIN an.',
  },
  credits_insufficient: {
    title: 'Hier ist nicht genug Guthaben.',
    hint: 'Zahlen Sie mit Karte oder bar.',
  },
  credits_paused: {
    title: 'Guthaben ist hier gerade nicht verfügbar.',
    hint: 'Zahlen Sie mit Karte oder bar.',
  },
  no_right: {
    title: 'Diese Tür öffnet sich für Sie gerade nicht.',
    hint: 'Prüfen Sie Ort und Zeit Ihrer Buchung.',
  },
  outside_hours: {
    title: 'Ihr Tarif gilt zu dieser Zeit nicht.',
    hint: 'Kommen Sie innerhalb der Zeiten Ihres Tarifs.',
  },
  anti_passback: {
    title: 'Nach den Türen sind Sie schon drinnen.',
    hint: 'Bitten Sie das Personal, das zu berichtigen.',
  },
  interlock: {
    title: 'Eine andere Tür dieser Schleuse ist offen.',
    hint: 'Schließen Sie sie und versuchen Sie es erneut.',
  },
  second_member_wanted: {
    title: 'Diese Tür verlangt zwei Mitglieder.',
    hint: 'Das zweite Mitglied folgt bitte sofort.',
  },
  directory_too_old: {
    title: 'Dieser Standort war zu lange ohne Verbindung.',
    hint: 'Fragen Sie das Personal.',
  },
}
