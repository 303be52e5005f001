/** What the law calls personal data, by the names that fields have for it. A bare `name` or `address` is as often of a thing as of a person. */
const personal = [
  ...['e_?mails?', 'phones?', 'telephones?', 'mobiles?', 'fax', 'street', 'post_?code', 'postal_code', 'zip', 'zip_?code'],
  ...['first_?name', 'last_?name', 'full_?name', 'family_name', 'given_name', 'maiden_name', 'surname'],
  ...['birth_?day', 'birth_?date', 'date_of_birth', 'born_on', 'born_at', 'dob', 'gender', 'nationality', 'religion'],
  ...['iban', 'bic', 'account_number', 'card_number', 'credit_card', 'cvc', 'cvv', 'tax_id', 'vat_id', 'ssn', 'social_security'],
  ...['passport', 'id_card', 'driving_licen[cs]e', 'licen[cs]e_plate', 'ip', 'ip_address', 'mac_address', 'device_id'],
  ...['latitude', 'longitude', 'lat', 'lng', 'lon', 'geo_?location', 'password', 'secret', 'diagnosis', 'salary'],
]

/** At the end alone: `billing_email` holds one, `email_verified` and `phone_calls_count` do not. */
const pattern = new RegExp(`(^|_)(${personal.join('|')})(_(address|number|no|text))?$`)

/** Whether a field of this name surely says something of a person. */
export function looksPersonal(field: string): boolean {
  return pattern.test(field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}
