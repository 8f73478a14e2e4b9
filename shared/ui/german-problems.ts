/** A refusal in words: what happened, and what to do next. */
export interface RefusalWords {
  readonly title: string
  readonly hint: string
}

/** Refusals in words, by code. */
export type ProblemWords = Readonly<Record<string, RefusalWords>>

const cardDeclined = {
  title: 'Die Karte wurde abgelehnt.',
  hint: 'Nehmen Sie eine andere Karte. Es wurde nichts abgebucht.',
}
const notLoggedIn = { title: 'Sie sind nicht angemeldet.', hint: 'Melden Sie sich an.' }
const reversedInterval = {
  title: 'Das Ende muss nach dem Beginn liegen.',
  hint: 'Wählen Sie ein späteres Ende.',
}

/** Sentences for the codes that people meet, in German; in English the server's own are shown. */
export const germanProblems: ProblemWords = {
  unreachable: { title: 'Keine Antwort vom Server.', hint: 'Verbindung prüfen und erneut versuchen.' },
  unreadable_answer: {
    title: 'Die Antwort war nicht lesbar.',
    hint: 'Seite neu laden; sie ist vielleicht veraltet.',
  },
  space_taken: {
    title: 'Dieser Platz ist gerade vergeben worden.',
    hint: 'Wählen Sie eine der anderen Möglichkeiten.',
  },
  lent: {
    title: 'Dieser Platz ist zu dieser Zeit verliehen.',
    hint: 'Wählen Sie eine der anderen Möglichkeiten oder eine andere Zeit.',
  },
  lending_stopped: {
    title: 'Dieser Platz wird gerade nicht verkauft: Der Standort gleicht seine Bücher ab.',
    hint: 'Versuchen Sie es in ein paar Minuten oder wählen Sie einen anderen Platz.',
  },
  gap: { title: 'Davor oder danach liegt eine Reinigungspause.', hint: 'Wählen Sie eine andere Zeit.' },
  site_closed: {
    title: 'Dieser Standort verkauft zurzeit nichts Neues.',
    hint: 'Wählen Sie einen anderen Standort.',
  },
  closed: {
    title: 'Zu dieser Zeit ist geschlossen.',
    hint: 'Wählen Sie eine Zeit innerhalb der Öffnungszeiten.',
  },
  in_the_past: { title: 'Diese Zeit ist schon vorbei.', hint: 'Wählen Sie eine spätere Zeit.' },
  hold_expired: {
    title: 'Die Vormerkung ist abgelaufen.',
    hint: 'Wählen Sie die Zeit erneut; sie ist wohl noch frei.',
  },
  payment_declined: cardDeclined,
  card_declined: cardDeclined,
  card_unavailable: {
    title: 'Karten lassen sich gerade nicht belasten. Es wurde nichts abgebucht.',
    hint: 'Ihre Vormerkung läuft weiter: versuchen Sie es vor ihrem Ende erneut. Was Ihr Tarif enthält, braucht keine Karte, und der Kiosk nimmt Bargeld.',
  },
  plan_does_not_cover: { title: 'Ihr Tarif deckt diesen Platz nicht ab.', hint: 'Zahlen Sie mit Karte.' },
  site_unreachable: {
    title: 'Der Standort ist gerade nicht erreichbar.',
    hint: 'Es wurde nichts gebucht, geändert oder abgebucht. Versuchen Sie es später, wählen Sie einen anderen Standort oder gehen Sie zu seinem Kiosk.',
  },
  wrong_login: {
    title: 'E-Mail oder Passwort stimmt nicht.',
    hint: 'Prüfen Sie beides und versuchen Sie es erneut.',
  },
  wrong_password: {
    title: 'Das jetzige Passwort stimmt nicht.',
    hint: 'Geben Sie es erneut ein; es wurde nichts geändert.',
  },
  password_too_short: { title: 'Das neue Passwort ist zu kurz.', hint: 'Nehmen Sie mindestens 10 Zeichen.' },
  password_too_long: { title: 'Das neue Passwort ist zu lang.', hint: 'Nehmen Sie höchstens 128 Zeichen.' },
  password_unchanged: { title: 'Das neue Passwort ist das jetzige.', hint: 'Wählen Sie ein anderes.' },
  unauthorized: notLoggedIn,
  unauthenticated: notLoggedIn,
  forbidden: { title: 'Dazu fehlt Ihnen das Recht.', hint: 'Melden Sie sich mit einem anderen Konto an.' },
  plate_unusable: {
    title: 'Das ist kein Kennzeichen.',
    hint: 'Schreiben Sie 2 bis 12 Buchstaben A–Z und Ziffern.',
  },
  plate_registered: {
    title: 'Dieses Kennzeichen ist schon eingetragen.',
    hint: 'Prüfen Sie es; wenn es Ihres ist, fragen Sie die Leute am Standort.',
  },
  too_many_vehicles: {
    title: 'Sie haben schon zehn Fahrzeuge.',
    hint: 'Entfernen Sie eines, das Sie nicht mehr fahren.',
  },
  not_found: { title: 'Das gibt es nicht (mehr).', hint: 'Gehen Sie zurück und wählen Sie neu.' },
  too_many_requests: { title: 'Zu viele Versuche.', hint: 'Warten Sie einen Augenblick.' },
  not_available_then: {
    title: 'Dieser Platz kann zu dieser Zeit nicht genutzt werden.',
    hint: 'Wählen Sie einen anderen Platz oder eine andere Zeit.',
  },
  out_of_service: { title: 'Dieser Platz ist außer Betrieb.', hint: 'Wählen Sie einen anderen Platz.' },
  not_bookable: { title: 'Dieser Platz ist nicht buchbar.', hint: 'Wählen Sie einen anderen Platz.' },
  space_unknown: { title: 'Diesen Platz gibt es hier nicht.', hint: 'Wählen Sie einen Platz im Grundriss.' },
  reversed_interval: reversedInterval,
  reversed: reversedInterval,
  not_json: {
    title: 'Die Anfrage kam nicht richtig an.',
    hint: 'Laden Sie die Seite neu; sie ist vielleicht veraltet.',
  },
  too_long: { title: 'Diese Buchung ist zu lang.', hint: 'Buchen Sie eine kürzere Zeit.' },
  too_far_ahead: { title: 'Das liegt zu weit in der Zukunft.', hint: 'Wählen Sie einen früheren Tag.' },
  booking_ended: { title: 'Diese Buchung ist beendet.', hint: 'Buchen Sie neu.' },
  not_held: {
    title: 'Die Buchung lässt sich jetzt nicht bestätigen.',
    hint: 'Ihr Stand steht auf der Buchung.',
  },
  not_later: {
    title: 'Das neue Ende ist nicht später als das jetzige.',
    hint: 'Wählen Sie ein späteres Ende.',
  },
  no_extension: { title: 'Diese Verlängerung ist nicht vorgemerkt.', hint: 'Wählen Sie das Ende erneut.' },
  not_checked_in: {
    title: 'Diese Buchung ist nicht in Gebrauch.',
    hint: 'Checken Sie am Standort ein oder stornieren Sie.',
  },
  ended: { title: 'Diese Buchung ist zu Ende.', hint: 'Buchen Sie neu.' },
  still_pending: {
    title: 'Der Standort hat noch nicht geantwortet.',
    hint: 'Warten Sie kurz; es erscheint von selbst.',
  },
  too_late: { title: 'Zum Stornieren ist es zu spät.', hint: 'Fragen Sie die Leute am Standort.' },
  request_expired: { title: 'Der Standort hat nicht rechtzeitig geantwortet.', hint: 'Buchen Sie neu.' },
  request_withdrawn: { title: 'Die Anfrage wurde zurückgezogen.', hint: 'Buchen Sie neu.' },
  not_a_member: {
    title: 'Dieses Konto ist kein Mitglied.',
    hint: 'Bitten Sie den Betreiber, dem Konto ein Mitglied zuzuordnen.',
  },
  unknown_booking: { title: 'Diese Buchung gibt es nicht.', hint: 'Wählen Sie eine Ihrer Buchungen.' },
  booking_exists: { title: 'Diese Buchung gibt es schon.', hint: 'Ihr Stand steht auf der Buchung.' },
  already_confirmed: { title: 'Die Buchung ist schon bestätigt.', hint: 'Sie müssen nichts mehr tun.' },
  already_cancelled: { title: 'Die Buchung wurde storniert.', hint: 'Buchen Sie neu.' },
  no_show: { title: 'Die Buchung wurde aufgegeben, weil niemand kam.', hint: 'Buchen Sie neu.' },
  not_confirmed: { title: 'Die Buchung ist noch nicht bezahlt.', hint: 'Zahlen Sie zuerst.' },
  payment_needed: { title: 'Die Buchung muss bezahlt werden.', hint: 'Zahlen Sie mit Karte.' },
  payment_amount: {
    title: 'Der Betrag passt nicht zum Preis.',
    hint: 'Sehen Sie den Preis auf der Buchung an und zahlen Sie erneut.',
  },
  answer_unreadable: {
    title: 'Der Standort hat so geantwortet, dass diese Version es nicht lesen kann.',
    hint: 'Sehen Sie gleich noch einmal nach der Buchung.',
  },
  too_many_passes: {
    title: 'Sie haben zu viele Pässe.',
    hint: 'Geben Sie Pässe zurück, die Sie nicht mehr brauchen.',
  },
  unknown_pass: { title: 'Diesen Pass gibt es nicht.', hint: 'Öffnen Sie den Pass Ihrer Buchung erneut.' },
  pass_taken_back: {
    title: 'Dieser Pass wurde zurückgenommen.',
    hint: 'Öffnen Sie den Pass Ihrer Buchung, um einen neuen zu erhalten.',
  },
  too_many_guests: {
    title: 'Diese Buchung hat keinen Platz für weitere Gäste.',
    hint: 'Nehmen Sie erst eine Einladung zurück, oder buchen Sie einen größeren Raum.',
  },
  unknown_guest: {
    title: 'Diesen Gast gibt es nicht.',
    hint: 'Wählen Sie einen Gast dieser Buchung.',
  },
  unknown_invitation: {
    title: 'Dieser Link führt nirgendwohin.',
    hint: 'Prüfen Sie, ob er vollständig ist, oder bitten Sie die einladende Person um einen neuen.',
  },
  invitation_spent: {
    title: 'Dieser Link wurde auf einem anderen Telefon geöffnet.',
    hint: 'Öffnen Sie ihn dort, oder bitten Sie die einladende Person um einen eigenen Link.',
  },
  invitation_taken_back: {
    title: 'Diese Einladung wurde zurückgenommen.',
    hint: 'Sie öffnet nichts mehr. Fragen Sie die einladende Person.',
  },
  invitation_cancelled: {
    title: 'Die Buchung zu dieser Einladung wurde storniert.',
    hint: 'Die Einladung öffnet nichts mehr. Fragen Sie die einladende Person.',
  },
  invitation_over: {
    title: 'Diese Einladung ist vorbei.',
    hint: 'Sie endete mit ihrer Buchung. Bitten Sie die einladende Person um eine neue.',
  },
  holder_key_unusable: {
    title: 'Mit diesem Schlüssel geht kein Pass.',
    hint: 'Laden Sie die Seite neu und öffnen Sie den Pass erneut.',
  },
  invalid_request: { title: 'Etwas in der Anfrage kann nicht stimmen.', hint: 'Prüfen Sie Ihre Angaben.' },
  too_large: { title: 'Die Anfrage ist zu groß.', hint: 'Senden Sie weniger auf einmal.' },
  wrong_origin: {
    title: 'Die Anfrage kam von einer anderen Website.',
    hint: 'Öffnen Sie Gatehouse unter seiner eigenen Adresse.',
  },
  staff_only: {
    title: 'Hier ist niemand angemeldet.',
    hint: 'Melden Sie sich in der Standort-Verwaltung an.',
  },
  staff_wrong: {
    title: 'E-Mail oder Standort-Passwort ist nicht richtig.',
    hint: 'Beides prüfen und erneut versuchen.',
  },
  staff_locked: {
    title: 'Unter diesem Namen gab es zu viele falsche Passwörter.',
    hint: 'Einige Minuten warten oder die Befehle am Rechner selbst nutzen.',
  },
  test_does_not_fit: {
    title: 'Dieses Gerät kann das nicht.',
    hint: 'Wählen Sie eine Erprobung, die für das Gerät angeboten wird.',
  },
  fire_alarm: {
    title: 'Der Feueralarm hat diese Tür freigegeben.',
    hint: 'Versuchen Sie es, wenn der Alarm vorbei ist.',
  },
  unknown_device: { title: 'Dieses Gerät gibt es hier nicht.', hint: 'Laden Sie die Seite neu.' },
  lockdown: {
    title: 'Sperre: Niemand wird eingelassen.',
    hint: 'Warten Sie, bis die Sperre aufgehoben ist.',
  },
  busy: { title: 'Gerade werden viele bedient.', hint: 'Versuchen Sie es gleich noch einmal.' },
  internal: {
    title: 'Auf unserer Seite ging etwas schief.',
    hint: 'Versuchen Sie es erneut; bleibt es so, nennen Sie uns den Vorgang.',
  },
  unavailable: {
    title: 'Der Dienst ist noch nicht bereit.',
    hint: 'Versuchen Sie es in ein paar Sekunden erneut.',
  },
}
