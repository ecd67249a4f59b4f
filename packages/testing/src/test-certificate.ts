/** Self-signed for localhost and 127.0.0.1 until 2126, made for the tests alone: nothing trusts it. PEM texts. */
export const testCertificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/cQaZ4w8f4gYp/An
Ou6LHT7eugt/nzqTVVEyAVGy2JShRANCAATlMBW5R4LtVcpGssxuUgC524FibTkZ
xeP/ptTfQRFQgMKF8sBEhWRlp7vJ2BP+7R693ZtMOLy/N9DWjSbgtE+H
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUePZ534Su3kwNO3kbmh4ais/9irgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAzMTUzNVoYDzIxMjYxMDI4
MDMxNTM1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATlMBW5R4LtVcpGssxuUgC524FibTkZxeP/ptTfQRFQgMKF8sBEhWRl
p7vJ2BP+7R693ZtMOLy/N9DWjSbgtE+Ho28wbTAdBgNVHQ4EFgQUYcYpTmQToXrP
uj7atddzQgSL270wHwYDVR0jBBgwFoAUYcYpTmQToXrPuj7atddzQgSL270wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgDLWsXeUBhfb4Jzkhbx7JqeSyUPr1K1G++PiilvgiOksCIAeW
qI0oWlZQpLckk/c94k/SnozKxyduoPaa+6kPOWoT
-----END CERTIFICATE-----
`,
};
