# Input: lines of text (jq -R). What would steer a terminal becomes U+FFFD, as in scripts/program.py, printable().
def steers: (. < 32 and . != 9) or (. >= 127 and . < 160) or . == 8206 or . == 8207
    or (. >= 8232 and . <= 8238) or (. >= 8294 and . <= 8297);
explode | map(if steers then 65533 else . end) | implode
