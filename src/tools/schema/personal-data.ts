/** Names of fields that hold what the law calls personal data. A bare `name` or `address` belongs to a thing as often as to a person. */
const personal = [
  // These are mails and voice mails, and not addresses.
  ...['e_?mails?', '(?<!(by|per|via|voice)_)mail(?!_)', 'mail_address'],
  ...['phones?', 'telephones?', 'mobiles?', 'fax', 'street', 'post_?code', 'postal_code', 'zip', 'zip_?code', 'home_address'],
  ...['first_?name', 'last_?name', 'full_?name', 'family_name', 'given_name', 'maiden_name', 'surname'],
  ...['birth(_?(day|date|place|year))?', 'born_on', 'born_at', 'dob', 'gender', 'nationality', 'religion'],
  ...['iban(_?code)?', 'bic(_?code)?', 'account_?(number|no)', 'bank_?accounts?', 'card_?(number|no)', 'credit_?card', 'cvc', 'cvv'],
  ...['tax_?(id|number|no)', 'vat_?(id|number|no)', 'ssn', 'social_security', 'national_?id'],
  ...['passport', 'id_card', 'driving_licen[cs]e', 'licen[cs]e_plate', 'ip', 'ip_address', 'mac_address', 'device_id'],
  ...['latitude', 'longitude', 'lat', 'lng', 'lon', 'geo_?location', 'password', 'secret', 'diagnosis', 'salary'],
]

/** Words that count only at a name's end: `billing_email` holds an address, `email_verified` and `phone_calls_count` do not. */
const pattern = new RegExp(`(^|_)(${personal.join('|')})(_(address|number|no|text))?$`)

/** Whether a field of this name surely says something about a person. */
export function looksPersonal(field: string): boolean {
  return pattern.test(field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}
