#include "host/observe/mask.hpp"

#include <catch2/catch.hpp>

using crawlhub::is_secret_key;
using crawlhub::mask_secrets;

TEST_CASE("keys of secrets are known in every spelling") {
  for (const char* key : {"token", "TOKEN", "access_token", "accessToken", "refreshToken", "id_token",
                          "PRIVATE-TOKEN", "password", "db_password", "client_secret", "Authorization",
                          "Set-Cookie", "api_key", "x-api-key", "SecretKey"}) {
    INFO(key);
    CHECK(is_secret_key(key));
  }
  for (const char* key : {"", "tokens", "current_token_expired", "job", "key", "secretary",
                          "authorizationScope", "token_file", "oken"}) {
    INFO(key);
    CHECK_FALSE(is_secret_key(key));
  }
}

TEST_CASE("a text without secrets is not touched") {
  for (const char* text :
       {"", "listening", "connection 17 closed: peer went away", "job_id=job_Zk3q-0aT9 attempt=2",
        R"({"type":"heartbeat","data":{"activeJobs":0}})", "http://localhost:8090/metrics",
        "postgres://reader@db.example/crawl", "12:30:01", "token:", "token=", "\"token\":null",
        "a=b:c d-e_f J", "Bearer", "eyJustaword", "C:\\path", "ends with ="}) {
    INFO(text);
    std::string out = "untouched";
    CHECK_FALSE(mask_secrets(text, out));
    CHECK(out == "untouched");
    CHECK(mask_secrets(text) == text);
  }
}

TEST_CASE("values of secret keys are hidden") {
  CHECK(mask_secrets("token=abc") == "token=***");
  CHECK(mask_secrets("a=1 token=abc b=2") == "a=1 token=*** b=2");
  CHECK(mask_secrets("password = hunter2, user = bob") == "password = ***, user = bob");
  CHECK(mask_secrets("token='a b' x") == "token='***' x");
  CHECK(mask_secrets("/api?access_token=abc&page=2") == "/api?access_token=***&page=2");
  CHECK(mask_secrets(R"({"accessToken":"abc","id":"7"})") == R"({"accessToken":"***","id":"7"})");
  CHECK(mask_secrets(R"({"access_token" : "a\"b", "n":1})") == R"({"access_token" : "***", "n":1})");
  CHECK(mask_secrets(R"({"pin_token":1234})") == R"({"pin_token":***})");
  CHECK(mask_secrets(R"({"body":"{\"token\":\"abc\",\"id\":7}"})") ==
        R"({"body":"{\"token\":\"***\",\"id\":7}"})");
  CHECK(mask_secrets("password: hunter2") == "password: ***");
}

TEST_CASE("nothing of a value is left where the text is cut short") {
  CHECK(mask_secrets(R"({"accessToken":"abc)") == R"({"accessToken":"***)");
  CHECK(mask_secrets(R"({"accessToken":"abc\)") == R"({"accessToken":"***)");
  CHECK(mask_secrets("{\\\"token\\\":\\\"abc") == "{\\\"token\\\":\\\"***");
}

TEST_CASE("headers are hidden") {
  CHECK(mask_secrets("Authorization: Bearer abc.def") == "Authorization: ***");
  CHECK(mask_secrets("authorization: Basic dXNlcjpw\r\nHost: x") == "authorization: ***\r\nHost: x");
  CHECK(mask_secrets("PRIVATE-TOKEN: abc") == "PRIVATE-TOKEN: ***");
  CHECK(mask_secrets("curl -H 'PRIVATE-TOKEN: abc' url") == "curl -H 'PRIVATE-TOKEN: ***' url");
  CHECK(mask_secrets("Cookie: session=abc; other=d") == "Cookie: ***; other=d");
  CHECK(mask_secrets("sent Bearer abc.def-ghi") == "sent Bearer ***");
  CHECK(mask_secrets("sent Basic dXNlcjpw== twice") == "sent Basic *** twice");
}

TEST_CASE("passwords in URLs are hidden, user and host stay") {
  CHECK(mask_secrets("postgres://bob:hunter2@db/crawl") == "postgres://bob:***@db/crawl");
  CHECK(mask_secrets("redis://:hunter2@cache") == "redis://:***@cache");
  CHECK(mask_secrets("https://bob:p@ss@host/x") == "https://bob:***@host/x");
  CHECK(mask_secrets("https://host:8080/a@b") == "https://host:8080/a@b");
}

TEST_CASE("tokens are known by their form") {
  CHECK(mask_secrets("using glpat-AbC_12-x now") == "using glpat-*** now");
  CHECK(mask_secrets("ghp_abcDEF123") == "ghp_***");
  CHECK(mask_secrets("got eyJhbGciOi.eyJzdWIi.SflKxw-_x!") == "got ***!");
}

TEST_CASE("several secrets in one text are all hidden, and masking twice changes nothing") {
  const std::string once = mask_secrets("token=a https://u:p@h Bearer zzz glpat-q {\"secret\":\"s\"}");
  CHECK(once == "token=*** https://u:***@h Bearer *** glpat-*** {\"secret\":\"***\"}");
  CHECK(mask_secrets(once) == once);
}
