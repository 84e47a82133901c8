#!/usr/bin/env bash
# Makes the certificates of the TLS tests, valid for a hundred years: one authority, a server and a client that it signed.
set -euo pipefail
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj '/CN=Test authority' -keyout ca.key -out ca.pem
sign() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
  openssl x509 -req -days 36500 -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$1.crt"
  cat "$1.key" "$1.crt" > "$1.pem"
  rm "$1.key" "$1.csr" "$1.crt"
}
sign server
sign client
rm -f ca.key ca.srl
