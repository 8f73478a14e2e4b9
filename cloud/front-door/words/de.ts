import type { en } from './en.ts'

/** Words of the front door in German. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'page.title': 'Gatehouse',
  'page.lead':
    'Betreibt Coworking-Häuser und Parkhäuser. Jeder Standort hat seinen eigenen kleinen Rechner, der weiter verkauft, öffnet und zählt, wenn das Netz fehlt; die Cloud sammelt die Bücher und weist nach, dass sie übereinstimmen.',
  'page.demo':
    'Dies ist eine Demo auf Ihrem Rechner. Betreiber, Standorte, Menschen und Geld sind erfunden; Programme, Hauptbücher und Protokolle sind echt.',
  'surfaces.title': 'Wohin',
  'surfaces.memberApp': 'Mitglieder-App',
  'surfaces.memberApp.text':
    'Platz oder Stellplatz im lebendigen Grundriss finden, buchen, zahlen, stornieren.',
  'surfaces.hq': 'Zentrale (HQ)',
  'surfaces.hq.text': 'Zustand, Hauptbuch und Geld jedes Standorts, und ob die Bücher übereinstimmen.',
  'surfaces.kiosk': 'Kiosk, {{site}}',
  'surfaces.kiosk.coworking': 'Der Touchbildschirm vor Ort: buchen, einchecken, zahlen, ganz ohne Netz.',
  'surfaces.kiosk.parking': 'Der Kassenautomat vor Ort: Auto finden, zahlen, ausfahren, ganz ohne Netz.',
  'surfaces.board': 'Anzeigetafel, {{site}}',
  'surfaces.board.text': 'Was über der Einfahrt hängt: freie Plätze je Ebene, von weitem lesbar.',
  'surfaces.panel': 'Simulator',
  'surfaces.panel.text':
    'Beide Standorte leben: Karten vorhalten, Autos fahren, Türen aufbrechen, Netz trennen, Programme abschießen, Uhr stellen.',
  'surfaces.docs': 'API-Dokumentation',
  'surfaces.docs.text': 'Jeder Aufruf der Cloud mit seinen Antworten und dem OpenAPI-Dokument.',
  'surfaces.open': 'Öffnen',
  'logins.title': 'Demo-Zugänge',
  'logins.lead': 'Für Mitglieder-App und Zentrale. Jeder gilt in beiden, soweit seine Rolle reicht.',
  'logins.person': 'Person',
  'logins.role': 'Rolle',
  'logins.email': 'E-Mail',
  'logins.password': 'Passwort',
  'logins.copy': '{{what}} kopieren',
  'logins.copied': 'Kopiert',
  'logins.role.member': 'Mitglied',
  'logins.role.site_manager': 'Standortleitung',
  'logins.role.hq': 'Zentrale',
  'tour.title': 'Der Rundgang in sieben Schritten',
  'tour.lead': 'Etwa fünf Minuten. Am Ende stimmen die Bücher auf den Cent, trotz getrenntem Netz.',
  'tour.1': 'Buchen',
  'tour.1.do':
    'In der Mitglieder-App im Grundriss einen freien Raum antippen, vormerken und mit der Testkarte zahlen.',
  'tour.1.see': 'Der Standort selbst bestätigt die Buchung; sie hat einen Buchungscode.',
  'tour.2': 'Öffnen',
  'tour.2.do': 'Im Simulator steht dasselbe Mitglied am Leser: an einer Tür des Hauses „Karte“ drücken.',
  'tour.2.see': 'Die Tür öffnet und sagt warum. Eine unbekannte Karte wird mit Grund abgewiesen.',
  'tour.3': 'Parken',
  'tour.3.do': 'Im Simulator an einer Einfahrt des Parkhauses „Einfahren“ drücken.',
  'tour.3.see':
    'Die Kamera liest das Kennzeichen, die Schranke hebt sich, die Tafel zählt einen Platz weniger.',
  'tour.4': 'Kabel durchschneiden',
  'tour.4.do': 'Im Simulator beim Parkhaus „Kabel trennen“ drücken. Dann in die Zentrale sehen.',
  'tour.4.see':
    'Nach spätestens einer halben Minute meldet die Zentrale den Standort als nicht gehört. Vor Ort steht nichts still.',
  'tour.5': 'Verkaufen',
  'tour.5.do':
    'Der Simulator nennt die Autos im Parkhaus. Am Kiosk dort für eines zahlen, das seit Stunden steht, bar oder mit Karte; dann dieses an einer Ausfahrt wählen und „Ausfahren“ drücken.',
  'tour.5.see': 'Der Beleg kommt und die Schranke hebt sich, obwohl die Cloud noch nichts davon weiß.',
  'tour.6': 'Wieder verbinden',
  'tour.6.do': 'Im Simulator beim Parkhaus „Einstecken“ drücken.',
  'tour.6.see': 'Die wartenden Einträge laufen binnen Sekunden in die Cloud.',
  'tour.7': 'Sehen, dass die Bücher stimmen',
  'tour.7.do': 'In der Zentrale die Bücher öffnen.',
  'tour.7.see': 'Jede Zeile sagt gleich: Anzahlen, Summen und der Hash des letzten Eintrags.',
  'tour.login.member': 'Anmelden mit',
  'tour.login.hq': 'Die Zentrale will eine eigene Anmeldung: dort das Mitglied abmelden, dann anmelden mit',
  'tour.watch': 'Sie sehen: {{what}}',
}
