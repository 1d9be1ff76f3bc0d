import pytest

from kure_hooks.secrecy.secret_names import names_secret, secret_children


@pytest.mark.parametrize(
    "name",
    [
        *("password", "DB_PASSWORD", "dbpassword", "pgPassword2", "PASSWD", "passphrase", "pwd"),
        *("token", "API_TOKEN", "apiToken", "accesstoken", "clientSecret", "secret_key_base"),
        *("apiKey", "API_KEY", "api-key", "tls.key", "encryptionKey", "licenseKey", "sharedkey"),
        *("client-key-data", "aws_secret_access_key", "AccountKey", "SharedAccessKey", "hmac_key"),
        *("Authorization", "X-Auth-Token", "cookie", "credentials", "AUTH_SALT", "private", "psk"),
        *(
            "dbpass",
            "storepass",
            "rootpw",
            "BINDPW",
            "pswd",
            "GH_PAT",
            "otp",
            "passkey",
            "setcookie",
        ),
        *("Kennwort", "senha", "contraseña", "mot_de_passe", "ldap_default_authtok"),
        *(".dockerconfigjson", "auths", "bearer", "JWT_SIGNING_KEY", "GITHUB_TOKEN_ORG"),
    ],
)
def test_these_names_announce_a_secret(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("secretName", "tokenTTL", "passwordSecretRef", "existingSecret", "keyFile", "token-path"),
        *("expirationSeconds", "tolerationSeconds", "automountServiceAccountToken", "maxTokens"),
        *("topologyKey", "public_key", "partition-key", "monkey", "passenger", "compass", "bypass"),
        *("secretStoreRef", "imagePullSecrets", "tokenReview", "privateEndpoint", "keyboard", ""),
        *(
            "tokenAudiences",
            "credentialsProvider",
            "PASSWORD_MIN_LENGTH",
            "secretsVolume",
        ),
        *("pattern", "path", "userpath", "adoption", "laptop"),
        *("password_policy", "token_url", "useToken", "_", "-", "---", "1", "a" * 1_000),
    ],
)
def test_these_only_sound_like_it(name):
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("parent", "keys", "secret"),
    [
        ("credentials", ("admin", "secretName"), {"admin"}),
        ("credentials", ("name", "key"), {"key"}),
        ("secret", ("name", "key"), set()),
        ("token", ("key", "path"), set()),
        ("password", ("value", "length"), {"value"}),
        ("privateKey", ("rotationPolicy", "algorithm", "size"), set()),
        ("stringData", ("name", "path"), {"name", "path"}),
    ],
)
def test_below_a_secret_name_only_references_are_shown(parent, keys, secret):
    assert secret_children(parent, keys) == secret
