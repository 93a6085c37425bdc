"""What tests and installers do not see, and what uv is told of pip's settings."""

import pytest

from assets_actions.testing.variables import for_uv, hidden_from_installers, hidden_from_tests


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_CACHE_URL",
        "ASSETS_ACTIONS_INPUTS", "ASSETS_ACTIONS_LOGIN_EXAMPLE_COM", "INPUT_TOKEN", "INPUT_ANYTHING", "GITHUB_OUTPUT",
        "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "MY_PASSWORD",
        "DB_PWD", "SSH_AUTH_SOCK", "DOCKER_AUTH_CONFIG", "GIT_ASKPASS", "OPENAI_API_KEY", "openai_api_key",
        "AZURE_STORAGE_CONNECTION_STRING", "SENTRY_DSN", "PYTHONPATH", "VIRTUAL_ENV", "PYTEST_ADDOPTS",
        "UV_PUBLISH_TOKEN", "STORAGE_KEY1", "ACR_PASSWORD2", "MY-TOKEN", "spring.password", "GITHUBTOKEN", "clientSecret",
        "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT",
    ],
)  # fmt: skip
def test_secrets_runner_files_and_other_environments_are_hidden(name: str) -> None:
    assert hidden_from_tests(name, "x")
    assert hidden_from_installers(name, "x")


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "PWD", "OLDPWD", "LANG", "CI", "GITHUB_ACTIONS", "GITHUB_SHA", "GITHUB_REPOSITORY", "RUNNER_OS",
     "TOKENIZERS_PARALLELISM", "MAXTOKENIZERS2", "CUDA_VISIBLE_DEVICES", "KEYBOARD", "PASSENGER", "PIP_INDEX_URL", "PYTHONHASHSEED"],
)  # fmt: skip
def test_all_else_is_seen(name: str) -> None:
    assert not hidden_from_tests(name, "https://example.com/a:b@c")


def test_a_login_in_an_address_is_hidden_from_tests_and_not_from_the_installers_that_need_it() -> None:
    assert hidden_from_tests("PIP_INDEX_URL", "https://user:secret@example.com/simple")
    assert not hidden_from_installers("PIP_INDEX_URL", "https://user:secret@example.com/simple")
    assert not hidden_from_installers("UV_INDEX_PRIVATE_PASSWORD", "secret")
    assert hidden_from_installers("DATABASE", "postgres://user:secret@example.com/db")
    assert hidden_from_installers("REPOSITORY", "https://token@example.com/x.git")
    assert not hidden_from_installers("REPOSITORY", "ssh://git@example.com/x.git")


def test_uv_is_told_what_pip_is_told_and_the_most_special_setting_counts() -> None:
    said = (
        ":env:.index-url='https://env.example/simple'\nglobal.index-url='https://global.example/simple'\n"
        "install.extra-index-url='https://one.example https://two.example'\nglobal.timeout='60'\n"
        "global.find-links='/a\\n/b'\nsite.index-url='https://site.example'\n"
    )
    assert for_uv(said) == {
        "UV_DEFAULT_INDEX": "https://env.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_FIND_LINKS": "/a,/b",
    }
